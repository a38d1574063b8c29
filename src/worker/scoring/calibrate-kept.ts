import type { Inference } from '../../model/evaluation/compiled-model.ts';
import { ESTIMATOR_VERSION } from '../../model/scoring/score-rows.ts';
import type { RowReader } from '../../store/datasets.ts';
import type { CheckpointRecord, ModelStore } from '../../store/models.ts';
import { calibrate } from './calibrate.ts';

export interface EndedTraining {
  readonly models: ModelStore;
  readonly modelId: string;
  readonly inference: Inference;
  readonly reader: RowReader;
  readonly signal: AbortSignal;
}

/**
 * Calibrates the newest and the best checkpoint of a training that has ended, so that the first request for a score need not.
 * Stops when the job is aborted: what is missing is then computed on first use. Errors: store_full, those of the runtime.
 */
export async function calibrateKept({ models, modelId, inference, reader, signal }: EndedTraining) {
  const record = await models.get(modelId);
  const check = () => {
    signal.throwIfAborted();
  };
  for (const checkpoint of await findKept(models, modelId)) {
    const content = await models.loadCheckpoint(modelId, checkpoint.step, { optimizer: false });
    if (content === null) continue;
    const subject = { record, inference, reader, parameters: content.parameters, check };
    const computed = await calibrate(subject).catch(ignoreIf(signal));
    if (computed === null) return;
    await models.saveCalibration(modelId, checkpoint, { estimator: ESTIMATOR_VERSION, ...computed });
  }
}

const ignoreIf =
  (signal: AbortSignal) =>
  (error: unknown): null => {
    if (signal.aborted) return null;
    throw error;
  };

async function findKept(models: ModelStore, modelId: string): Promise<CheckpointRecord[]> {
  const kept = new Map<number, CheckpointRecord>();
  for (const which of ['latest', 'best'] as const) {
    for await (const checkpoint of models.listCandidates(modelId, which)) {
      kept.set(checkpoint.step, checkpoint);
      break;
    }
  }
  return [...kept.values()];
}
