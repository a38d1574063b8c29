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
 * Calibrates the checkpoint that requests use if they name none, so that the first request for a score need not. Stops when the
 * job is aborted: what is missing is then computed on first use. Errors: store_full, those of the runtime.
 */
export async function calibrateDefault({ models, modelId, inference, reader, signal }: EndedTraining) {
  const record = await models.get(modelId);
  const checkpoint = await findFirst(models.listCandidates(modelId, record.default_checkpoint));
  if (checkpoint === null) return;
  const content = await models.loadCheckpoint(modelId, checkpoint.step, { optimizer: false });
  if (content === null) return;
  const check = () => {
    signal.throwIfAborted();
  };
  const subject = { record, inference, reader, parameters: content.parameters, check };
  const computed = await calibrate(subject).catch(ignoreIf(signal));
  if (computed === null) return;
  await models.saveCalibration(modelId, checkpoint, { estimator: ESTIMATOR_VERSION, ...computed });
}

const ignoreIf =
  (signal: AbortSignal) =>
  (error: unknown): null => {
    if (signal.aborted) return null;
    throw error;
  };

async function findFirst(checkpoints: AsyncIterable<CheckpointRecord>): Promise<CheckpointRecord | null> {
  for await (const checkpoint of checkpoints) return checkpoint;
  return null;
}
