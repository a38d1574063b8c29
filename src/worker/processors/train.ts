import type { Runtime } from '../../model/runtime/runtime.ts';
import { splitRows, type Split } from '../../model/dataset.ts';
import { completeLikelihood } from '../../model/dataset/complete.ts';
import { listFeatures } from '../../model/table.ts';
import { elementStatistics, type RowSource } from '../../model/training/row-source.ts';
import {
  minibatchSizeOf,
  needsStatistics,
  trainsEncoder,
  type ModelSpec,
} from '../../model/specification.ts';
import { Rounds } from '../../model/training/rounds.ts';
import { Trainer } from '../../model/training/trainer.ts';
import type { TrainPayload, TrainResult } from '../../queue/jobs.ts';
import type { JobContext, Processor } from '../../queue/queues.ts';
import type { RowReader } from '../../store/datasets.ts';
import type { Store } from '../../store/store.ts';
import { createDamageWarning } from '../damage.ts';
import { compareTrained } from '../training/comparison.ts';
import { checkRows } from '../training/data-check.ts';
import { EarlyStopping } from '../training/early-stopping.ts';
import { TrainingRun } from '../training/run.ts';
import { calibrateDefault, type EndedTraining } from '../scoring/calibrate-default.ts';
import { BoundScorer } from '../training/bound-scorer.ts';

export interface TrainDependencies {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly warn: (message: string) => void;
}

/** Trains a model from its newest good checkpoint, or from the beginning, to the end of its budget. */
export function createTrainProcessor({ runtime, store, warn }: TrainDependencies): Processor<'train'> {
  return async (context, payload) => {
    const reader = await store.datasets.openRows(payload.datasetId);
    try {
      return await train({ runtime, store, warn }, context, payload, reader);
    } finally {
      await reader.close();
    }
  };
}

async function train(
  { runtime, store, warn }: TrainDependencies,
  context: JobContext<'train'>,
  payload: TrainPayload,
  reader: RowReader,
): Promise<TrainResult> {
  const { training, modelId } = payload;
  const { record } = reader;
  const split = splitRows(record, training, payload.split);
  const minibatchSize = minibatchSizeOf(training, split.train.length);
  const resume = await store.models.loadCheckpoint(modelId, 'latest', {
    optimizer: true,
    onCorrupt: createDamageWarning(warn),
  });
  if (resume === null)
    await checkRows(reader, payload.model.likelihood, { first: 0, end: countUsedRows(payload, split) });
  await store.models.truncateMetrics(modelId, resume?.step ?? -1);
  const source = {
    dtype: record.dtype,
    scale: record.scale,
    readsFile: reader.readsFile ?? false,
    readRows: reader.readRows.bind(reader),
  };
  const model = await completeModel(payload, source, split.train, record.data_size, store);
  const trainer = await Trainer.create({
    runtime,
    model,
    training,
    rowShape: record.row_shape,
    source,
    rows: split.train,
    minibatchSize,
    ...(record.table && { featureColumns: listFeatures(record.table).map(({ column }) => column) }),
    ...(resume ? { resume } : {}),
  });
  const rounds = new Rounds(training, { trainRows: split.train.length, minibatchSize });
  const scorer = new BoundScorer({ runtime, model, training, reader, split });
  try {
    const run = new TrainingRun({
      context,
      payload,
      models: store.models,
      trainer,
      scorer,
      stopping: await resumeStopping(payload, rounds, store),
      rounds,
      minibatchSize,
      runtimeName: runtime.name,
      validationElbo: resume?.validationElbo ?? null,
    });
    const result = await run.finish();
    if (result.outcome === 'cancelled') return result;
    if (trainsEncoder(training)) {
      await calibrateOrWarn(
        { models: store.models, modelId, inference: scorer.inference, reader, signal: context.signal },
        warn,
      );
    }
    const trained = { runtime, models: store.models, payload, model, reader, split };
    return { ...result, comparison: await compareTrained(trained, context) };
  } finally {
    await trainer.dispose();
    await scorer.dispose();
  }
}

/** A training that has ended well does not fail for its calibration, which the first request for a score can make up for. */
async function calibrateOrWarn(ended: EndedTraining, warn: (message: string) => void): Promise<void> {
  try {
    await calibrateDefault(ended);
  } catch (error) {
    warn(
      `The scores of model ${ended.modelId} are not calibrated yet: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Early stopping as it stood at the checkpoint: metrics are kept up to there. */
async function resumeStopping(
  { modelId, training: { early_stopping: settings } }: TrainPayload,
  rounds: Rounds,
  store: Store,
): Promise<EarlyStopping | null> {
  if (!settings) return null;
  const patience = rounds.countPatience(settings.patience_epochs);
  const stopping = new EarlyStopping({ patience, minimumGain: settings.minimum_gain });
  for (const line of await store.models.readMetrics(modelId)) stopping.add(line.validation_elbo);
  return stopping;
}

/** Test rows, the last ones, are used only if they are watched or are the validation rows. */
function countUsedRows({ training, split: rule }: TrainPayload, { rows, test }: Split): number {
  return training.watch_test_rows === true || rule === 'test_rows_validate' ? rows : rows - test.length;
}

/** Adds the numbers that the likelihood needs, computed from the training rows, to the model and to its record. */
async function completeModel(
  { modelId, model }: TrainPayload,
  source: RowSource,
  rows: Uint32Array,
  dataSize: number,
  store: Store,
): Promise<ModelSpec> {
  if (!needsStatistics(model.likelihood)) return model;
  const statistics = await elementStatistics(source, rows, dataSize, model.likelihood);
  const complete = { ...model, likelihood: completeLikelihood(model.likelihood, statistics) };
  await store.models.setSpecification(modelId, complete);
  return complete;
}
