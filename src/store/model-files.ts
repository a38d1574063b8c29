import { AppError } from '../errors.ts';
import { formatIdPattern } from '../ids.ts';
import type { StoreDriver } from './driver.ts';
import { checkpointFormat, type CheckpointRecord } from './records/checkpoint-record.ts';
import { modelFormat, type ModelRecord } from './records/model-record.ts';
import { readRecord } from './records/record-blob.ts';
import { STEP_DIGITS } from './records/record-fields.ts';

export const MODELS = 'models';
export const modelFolder = (id: string): string => `${MODELS}/${id}`;
export const modelKey = (id: string): string => `${MODELS}/${id}/model.json`;
export const metricsKey = (id: string): string => `${MODELS}/${id}/metrics.jsonl`;
export const checkpointsFolder = (id: string): string => `${MODELS}/${id}/checkpoints`;

/** Steps are padded, so that folders sort by step. */
const STEP_NAME = new RegExp(`^[0-9]{${STEP_DIGITS}}$`);

export const checkpointKey = (id: string, step: number, file: string): string =>
  `${checkpointFolder(id, step)}/${file}`;

export const isStep = (step: number): boolean =>
  Number.isSafeInteger(step) && step >= 0 && step < 10 ** STEP_DIGITS;

export function checkpointFolder(id: string, step: number): string {
  if (!isStep(step)) throw new RangeError(`${step} is no step of a checkpoint.`);
  return `${checkpointsFolder(id)}/${String(step).padStart(STEP_DIGITS, '0')}`;
}

/** Steps that have a folder, in ascending order; does not look inside. */
export async function listSteps(driver: StoreDriver, id: string): Promise<number[]> {
  const names = await driver.list(checkpointsFolder(id));
  return names.filter((name) => STEP_NAME.test(name)).map(Number);
}

const ID = new RegExp(formatIdPattern('model'));
export const isModelId = (id: string): boolean => ID.test(id);

/** Null if there is none. Errors: blob_corrupt. */
export async function readModel(driver: StoreDriver, id: string): Promise<ModelRecord | null> {
  const key = modelKey(id);
  const record = await readRecord(driver, key, modelFormat);
  if (record === null || record.id === id) return record;
  throw AppError.of('blob_corrupt', { key, detail: '/id is another id' });
}

/** Reads checkpoint.json, which is written last; null if there is none. Errors: blob_corrupt. */
export async function readCheckpoint(
  driver: StoreDriver,
  id: string,
  at: number,
): Promise<CheckpointRecord | null> {
  const key = checkpointKey(id, at, 'checkpoint.json');
  const record = await readRecord(driver, key, checkpointFormat);
  if (record === null || record.step === at) return record;
  throw AppError.of('blob_corrupt', { key, detail: '/step is another step' });
}
