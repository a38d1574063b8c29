import type { ModelRecord } from '../../store/models.ts';
import type { CheckpointChoice } from '../../queue/operations.ts';

/** The checkpoint that a request names, or else the model's default. */
export function chooseCheckpoint(
  { default_checkpoint: usual }: Pick<ModelRecord, 'default_checkpoint'>,
  { checkpoint }: { readonly checkpoint?: CheckpointChoice },
): CheckpointChoice {
  return checkpoint ?? usual;
}
