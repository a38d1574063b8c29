import type { Split } from '../../model/dataset.ts';
import { compareWithFloors } from '../../model/evaluation/compare.ts';
import type { Runtime } from '../../model/runtime/runtime.ts';
import { trainsEncoder, type FloorComparison, type ModelSpec } from '../../model/specification.ts';
import type { TrainPayload } from '../../queue/jobs.ts';
import { InterruptedError, type JobContext } from '../../queue/queues.ts';
import type { RowReader } from '../../store/datasets.ts';
import type { ModelStore } from '../../store/models.ts';
import { createRowSet } from '../row-values.ts';

/** Maximum number of training rows to fit floors to. */
const FITTED_ROWS = 100_000;

export interface TrainedModel {
  readonly runtime: Runtime;
  readonly models: ModelStore;
  readonly payload: TrainPayload;
  readonly model: ModelSpec;
  readonly reader: RowReader;
  readonly split: Split;
}

/**
 * Compares the model's default checkpoint with floors on the validation rows, and writes the comparison to the model's record.
 * Null without validation rows or a bound. Errors: InterruptedError if the job is aborted.
 */
export async function compareTrained(
  { runtime, models, payload, model, reader, split }: TrainedModel,
  context: JobContext<'train'>,
): Promise<FloorComparison | null> {
  const { training, modelId } = payload;
  if (split.validation.length === 0 || !trainsEncoder(training)) return null;
  const { default_checkpoint: which } = await models.get(modelId);
  const checkpoint = await models.loadCheckpoint(modelId, which, { optimizer: false });
  if (checkpoint === null) return null;
  const comparison = await compareWithFloors(
    {
      runtime,
      model,
      training,
      rowShape: reader.record.row_shape,
      parameters: checkpoint.parameters,
      rows: createRowSet(reader, split.validation, training),
      trainRows: createRowSet(reader, split.train.subarray(0, FITTED_ROWS), training),
      seed: training.seed,
      step: checkpoint.step,
    },
    () => letMessagesIn(context),
  );
  await models.setComparison(modelId, comparison);
  return comparison;
}

async function letMessagesIn({ signal }: JobContext<'train'>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw new InterruptedError();
}
