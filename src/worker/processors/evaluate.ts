import { evaluate } from '../../model/evaluation/evaluate.ts';
import { hasEncoder } from '../../model/evaluation/subject.ts';
import type { Runtime } from '../../model/runtime/runtime.ts';
import {
  needsEncoder,
  type EvaluationReport,
  type LikelihoodSpec,
  type TrainingSpec,
} from '../../model/specification.ts';
import { AppError } from '../../errors.ts';
import type { EvaluatePayload, EvaluateResult } from '../../queue/jobs.ts';
import { InterruptedError, type JobContext, type Processor } from '../../queue/queues.ts';
import type { RowReader } from '../../store/datasets.ts';
import type { CheckpointContent, ModelRecord } from '../../store/models.ts';
import type { Store } from '../../store/store.ts';
import { createDamageWarning } from '../damage.ts';
import { EvaluationProgress } from '../evaluation/progress.ts';
import { selectEvaluatedRows, findSplit } from '../evaluation/rows.ts';
import { checkRows } from '../training/data-check.ts';
import { createRowSet, type Binarizing } from '../row-values.ts';

export interface EvaluateDependencies {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly warn: (message: string) => void;
}

interface Order {
  readonly payload: EvaluatePayload;
  readonly record: ModelRecord;
  readonly checkpoint: CheckpointContent;
  /** The evaluated data set, and the one that the model was trained on. */
  readonly readers: { readonly evaluated: RowReader; readonly trained: RowReader };
}

/** Maximum number of rows to fit floors to. */
const FITTED_ROWS = 100_000;
const CANCELLED: EvaluateResult = { outcome: 'cancelled' };

/** Measures a checkpoint on rows of a data set. An interrupted job starts over and gives the same numbers. */
export function createEvaluateProcessor(dependencies: EvaluateDependencies): Processor<'evaluate'> {
  const { store, runtime } = dependencies;
  return async (context, payload) => {
    const record = await store.models.get(payload.modelId);
    const checkpoint = await loadRequested(dependencies, payload);
    const open: RowReader[] = [];
    const openReader = async (id: string): Promise<RowReader> => {
      const opened = await store.datasets.openRows(id);
      open.push(opened);
      return opened;
    };
    try {
      const evaluated = await openReader(payload.datasetId);
      const trained =
        payload.datasetId === record.dataset_id ? evaluated : await openReader(record.dataset_id);
      const order = { payload, record, checkpoint, readers: { evaluated, trained } };
      return { outcome: 'succeeded', ...(await report(order, context, runtime)) };
    } catch (error) {
      if (error instanceof InterruptedError && context.signal.reason === 'cancel') return CANCELLED;
      throw error;
    } finally {
      await Promise.all(open.map((one) => one.close()));
    }
  };
}

async function report(
  order: Order,
  context: JobContext<'evaluate'>,
  runtime: Runtime,
): Promise<EvaluationReport> {
  const { payload, record, checkpoint, readers } = order;
  const { evaluation } = payload;
  const { model, training } = record;
  const binarizing = chooseBinarizing(evaluation, training);
  const { part, rows, influenced } = selectEvaluatedRows(payload, record, readers.evaluated.record);
  if (part === 'test' || part === 'all') await checkTestRows(readers.evaluated, model.likelihood);
  const train = findSplit(record, readers.trained.record).train.subarray(0, FITTED_ROWS);
  const progress = new EvaluationProgress(context, runtime.name);
  const { kind, report: measured } = await evaluate(
    {
      runtime,
      model,
      training,
      rowShape: record.row_shape,
      parameters: checkpoint.parameters,
      rows: createRowSet(readers.evaluated, rows, binarizing),
      trainRows: createRowSet(readers.trained, train, binarizing),
      seed: evaluation.seed,
    },
    evaluation.measures,
    (news) => progress.tell(news),
  );
  const protocol: EvaluationReport['protocol'] = {
    model_id: record.id,
    step: checkpoint.step,
    dataset_id: payload.datasetId,
    rows: part,
    influenced: [...influenced],
    count: rows.length,
    binarization: binarizing.binarization,
    seed: evaluation.seed,
    unit: 'nats per row',
    data_size: record.data_size,
    likelihood: model.likelihood.family,
    kind,
  };
  return checkFinite({ protocol, ...measured });
}

/** The training may not have checked its test rows. Errors: data_invalid. */
function checkTestRows(reader: RowReader, likelihood: LikelihoodSpec): Promise<void> {
  const { rows, test_rows: testRows } = reader.record;
  return checkRows(reader, likelihood, { first: rows - testRows, end: rows });
}

/** Static binarization gives the same zeros and ones as in training; dynamic binarization draws new ones by this job's seed. */
function chooseBinarizing(
  { binarization: asked, seed }: EvaluatePayload['evaluation'],
  training: TrainingSpec,
): Binarizing {
  const binarization = asked ?? training.binarization;
  return { binarization, seed: binarization === 'static' ? training.seed : seed };
}

/** Errors: model_not_ready, checkpoint_not_found; no_encoder if a measure needs one. */
async function loadRequested(
  { store, warn }: EvaluateDependencies,
  { modelId, checkpoint: which, evaluation }: EvaluatePayload,
): Promise<CheckpointContent> {
  const checkpoint = await store.models.loadCheckpoint(modelId, which, {
    optimizer: false,
    onCorrupt: createDamageWarning(warn),
  });
  if (checkpoint === null) {
    throw typeof which === 'number'
      ? AppError.of('checkpoint_not_found', { id: modelId, step: which })
      : AppError.of('model_not_ready', { id: modelId });
  }
  if (evaluation.measures.some(needsEncoder) && !hasEncoder(checkpoint.parameters)) {
    throw AppError.of('no_encoder', { id: modelId });
  }
  return checkpoint;
}

/** Errors: evaluation_not_finite if a number of the report cannot be written as JSON. */
function checkFinite(whole: EvaluationReport): EvaluationReport {
  JSON.stringify(whole, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw AppError.of('evaluation_not_finite', { quantity: key });
    }
    return value;
  });
  return whole;
}
