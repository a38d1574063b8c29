import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { StoredArrays } from './arrays.ts';
import type { StoreDriver } from './driver.ts';
import { decodeSafetensors, encodeSafetensors } from './formats/safetensors.ts';
import { checkpointFolder, checkpointKey, listSteps, isStep, readCheckpoint } from './model-files.ts';
import type { CheckpointContent, OnCorrupt, WhichCheckpoint } from './models.ts';
import { checkpointFormat, type CheckpointRecord } from './records/checkpoint-record.ts';
import { describeError, encodeRecord, isAppError, skipCorrupt } from './records/record-blob.ts';

const ARRAY_FILES = { parameters: 'parameters.safetensors', optimizer: 'optimizer.safetensors' } as const;
type ArrayFile = keyof typeof ARRAY_FILES;
const RECORD_FILE = 'checkpoint.json';

/**
 * Writes both files, then checkpoint.json: without it the others do not count. Replaces a checkpoint of the same step.
 * Errors: store_full; what was half written is removed, so that it takes up no room.
 */
export async function saveCheckpoint(
  driver: StoreDriver,
  id: string,
  content: CheckpointContent,
): Promise<CheckpointRecord> {
  try {
    return await writeCheckpoint(driver, id, content);
  } catch (error) {
    if (isAppError(error, 'store_full') && !(await hasRecord(driver, id, content.step))) {
      await driver.remove(checkpointFolder(id, content.step));
    }
    throw error;
  }
}

async function writeCheckpoint(
  driver: StoreDriver,
  id: string,
  content: CheckpointContent,
): Promise<CheckpointRecord> {
  const { step, epoch, seed, validationElbo } = content;
  const encoded = (['parameters', 'optimizer'] as const).map(
    (name) => [ARRAY_FILES[name], encodeSafetensors(content[name])] as const,
  );
  const files: Record<string, { sha256: string; bytes: number }> = {};
  for (const [file, bytes] of encoded) {
    files[file] = await driver.write(checkpointKey(id, step, file), bytes);
  }
  const validation_elbo = Number.isFinite(validationElbo) ? validationElbo : null;
  const record = { step, epoch, seed, created_at: new Date().toISOString(), validation_elbo, files };
  await driver.write(checkpointKey(id, step, RECORD_FILE), encodeRecord(checkpointFormat, record));
  return record;
}

export async function listCheckpoints(driver: StoreDriver, id: string): Promise<CheckpointRecord[]> {
  const steps = await listSteps(driver, id);
  const records = await Promise.all(steps.map((step) => skipCorrupt(readCheckpoint(driver, id, step))));
  return records.filter((record) => record !== null);
}

export interface LoadOptions {
  readonly optimizer: boolean;
  readonly onCorrupt?: OnCorrupt;
}

/** The first good checkpoint in the order asked for. Reports the ones it skips to onCorrupt. */
export async function loadCheckpoint(
  driver: StoreDriver,
  id: string,
  which: WhichCheckpoint,
  options: LoadOptions,
): Promise<CheckpointContent | null> {
  for await (const record of listCandidates(driver, id, which, options.onCorrupt)) {
    const content = await readUnlessDamaged(driver, id, record.step, options.onCorrupt, async () => ({
      step: record.step,
      epoch: record.epoch,
      seed: record.seed,
      validationElbo: record.validation_elbo,
      parameters: await readArrays(driver, id, record, 'parameters'),
      optimizer: options.optimizer ? await readArrays(driver, id, record, 'optimizer') : {},
    }));
    if (content !== null) return content;
  }
  return null;
}

export async function* listCandidates(
  driver: StoreDriver,
  id: string,
  which: WhichCheckpoint,
  onCorrupt?: OnCorrupt,
): AsyncGenerator<CheckpointRecord> {
  const steps = typeof which === 'number' ? [which].filter(isStep) : (await listSteps(driver, id)).reverse();
  const order = which === 'best' ? await sortBestFirst(driver, id, steps) : steps;
  for (const step of order) {
    const read = () => readCheckpoint(driver, id, step);
    const record = await readUnlessDamaged(driver, id, step, onCorrupt, read);
    if (record !== null) yield record;
  }
}

/** By descending validation bound, the newer first if equal; those without one, or damaged, come last. */
async function sortBestFirst(
  driver: StoreDriver,
  id: string,
  newestFirst: readonly number[],
): Promise<number[]> {
  const scored = await Promise.all(
    newestFirst.map(async (step) => {
      const record = await skipCorrupt(readCheckpoint(driver, id, step));
      return { step, elbo: record?.validation_elbo ?? -Infinity };
    }),
  );
  return scored.sort(compareScores).map(({ step }) => step);
}

const compareScores = (a: { step: number; elbo: number }, b: { step: number; elbo: number }): number =>
  a.elbo === b.elbo ? b.step - a.step : b.elbo - a.elbo;

/** What is read; null if it is gone or damaged. Damage is reported. */
async function readUnlessDamaged<T>(
  driver: StoreDriver,
  id: string,
  step: number,
  onCorrupt: OnCorrupt | undefined,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Pruned or removed while it was read: gone, not damaged.
    if (await hasRecord(driver, id, step)) onCorrupt?.({ modelId: id, step, detail: describeError(error) });
    return null;
  }
}

const isDamage = (error: unknown): boolean =>
  isAppError(error, 'blob_corrupt') ||
  isAppError(error, 'blob_not_found') ||
  isAppError(error, 'data_invalid');

async function hasRecord(driver: StoreDriver, id: string, step: number): Promise<boolean> {
  return (await driver.list(checkpointFolder(id, step))).includes(RECORD_FILE);
}

async function readArrays(
  driver: StoreDriver,
  id: string,
  record: CheckpointRecord,
  name: ArrayFile,
): Promise<StoredArrays> {
  const key = checkpointKey(id, record.step, ARRAY_FILES[name]);
  const expected = record.files[ARRAY_FILES[name]];
  if (expected === undefined) {
    throw AppError.of('blob_corrupt', { key, detail: 'checkpoint.json does not list it' });
  }
  const bytes = await driver.read(key);
  if (bytes.length !== expected.bytes) {
    const detail = `it has ${bytes.length} bytes and not ${expected.bytes}`;
    throw AppError.of('blob_corrupt', { key, detail });
  }
  if (createHash('sha256').update(bytes).digest('hex') !== expected.sha256) {
    throw AppError.of('blob_corrupt', { key, detail: 'its SHA-256 is not the one of checkpoint.json' });
  }
  return decodeSafetensors(bytes).arrays;
}

/** Removes all but the newest `keep` and the best one, and what crashes left unfinished before the newest one. */
export async function pruneCheckpoints(driver: StoreDriver, id: string, keep: number): Promise<void> {
  const records = await listCheckpoints(driver, id);
  const newest = records.at(-1);
  if (newest === undefined) return;
  const scored = records.map(({ step, validation_elbo: elbo }) => ({ step, elbo: elbo ?? -Infinity }));
  const best = scored.sort(compareScores)[0]?.step;
  const kept = new Set(records.slice(-Math.max(1, keep)).map(({ step }) => step));
  for (const step of await listSteps(driver, id)) {
    if (kept.has(step) || step === best || step > newest.step) continue;
    // First what makes it count, so that a reader never finds half of it.
    await driver.remove(checkpointKey(id, step, RECORD_FILE));
    await driver.remove(checkpointFolder(id, step));
  }
}
