import Type, { type Static } from 'typebox';
import { AppError } from '../errors.ts';
import { idPattern } from '../ids.ts';
import { SplitRule } from '../model/specification.ts';
import { compileCheck } from '../validation.ts';
import type { Driver } from './driver.ts';
import type { CheckpointRecord, MetricsLine, ModelRecord } from './models.ts';
import { readRecord } from './records.ts';

export const MODELS = 'models';
export const modelFolder = (id: string): string => `${MODELS}/${id}`;
export const modelKey = (id: string): string => `${MODELS}/${id}/model.json`;
export const metricsKey = (id: string): string => `${MODELS}/${id}/metrics.jsonl`;
export const checkpointsFolder = (id: string): string => `${MODELS}/${id}/checkpoints`;

/** Steps are padded, so that folders sort by step. */
const STEP_DIGITS = 12;
const STEP_NAME = new RegExp(`^[0-9]{${STEP_DIGITS}}$`);

export const checkpointKey = (id: string, step: number, file: string): string =>
  `${checkpointFolder(id, step)}/${file}`;

export const isStep = (step: number): boolean =>
  Number.isSafeInteger(step) && step >= 0 && step < 10 ** STEP_DIGITS;

export function checkpointFolder(id: string, step: number): string {
  if (!isStep(step)) throw new RangeError(`${step} is no step of a checkpoint.`);
  return `${checkpointsFolder(id)}/${String(step).padStart(STEP_DIGITS, '0')}`;
}

/** Steps with a folder, rising; what the folders hold is not looked at. */
export async function checkpointSteps(driver: Driver, id: string): Promise<number[]> {
  const names = await driver.list(checkpointsFolder(id));
  return names.filter((name) => STEP_NAME.test(name)).map(Number);
}

const ID = new RegExp(idPattern('model'));
export const isModelId = (id: string): boolean => ID.test(id);

const step = Type.Integer({ minimum: 0, maximum: 10 ** STEP_DIGITS - 1 });
const orNull = Type.Unsafe<number | null>({ type: ['number', 'null'] });
const size = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const Model = Type.Object({
  id: Type.String(),
  name: Type.String(),
  created_at: Type.String(),
  job_id: Type.String(),
  dataset_id: Type.String(),
  data_size: size,
  row_shape: Type.Array(size, { minItems: 1 }),
  model: Type.Unknown(),
  training: Type.Unknown(),
  split: Type.Optional(SplitRule),
});

const StoredFile = Type.Object({
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  bytes: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

const Checkpoint = Type.Object({
  step,
  epoch: Type.Number(),
  seed: Type.Number(),
  created_at: Type.String(),
  validation_elbo: orNull,
  files: Type.Record(Type.String(), StoredFile),
});

const Metrics = Type.Object({
  step,
  epoch: Type.Number(),
  time: Type.String(),
  train_elbo: orNull,
  validation_elbo: orNull,
  validation_log_likelihood: orNull,
  validation_kl_divergence: orNull,
  rows_per_second: Type.Number(),
});

const checkModel = compileCheck(Model, 'model.json');
const checkCheckpoint = compileCheck(Checkpoint, 'checkpoint.json');
const checkMetrics = compileCheck(Metrics, 'A line of metrics.jsonl');

/** Null where there is none. Errors: blob_corrupt. */
export async function readModel(driver: Driver, id: string): Promise<ModelRecord | null> {
  const key = modelKey(id);
  const record: Static<typeof Model> | null = await readRecord(driver, key, checkModel);
  if (record === null || record.id === id) return record;
  throw AppError.of('blob_corrupt', { key, detail: 'it names another id' });
}

/** checkpoint.json, written last: null where it is not there. Errors: blob_corrupt. */
export async function readCheckpoint(
  driver: Driver,
  id: string,
  at: number,
): Promise<CheckpointRecord | null> {
  const key = checkpointKey(id, at, 'checkpoint.json');
  const record = await readRecord(driver, key, checkCheckpoint);
  if (record === null || record.step === at) return record;
  throw AppError.of('blob_corrupt', { key, detail: 'it names another step' });
}

/** The line, or null where a crash left only a part of it. */
export function parseMetricsLine(text: string): MetricsLine | null {
  try {
    return checkMetrics(JSON.parse(text));
  } catch (error) {
    if (error instanceof AppError || error instanceof SyntaxError) return null;
    throw error;
  }
}
