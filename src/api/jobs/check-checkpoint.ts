import { AppError } from '../../errors.ts';
import type { CheckpointChoice } from '../../queue/operations.ts';
import type { ApiOptions } from '../types.ts';

/** Errors: model_not_ready, checkpoint_not_found. */
export async function checkCheckpoint(api: ApiOptions, id: string, which: CheckpointChoice): Promise<void> {
  const records = await api.store.models.listCheckpoints(id);
  if (records.some(({ step }) => typeof which !== 'number' || step === which)) return;
  throw typeof which === 'number'
    ? AppError.of('checkpoint_not_found', { id, step: which })
    : AppError.of('model_not_ready', { id });
}
