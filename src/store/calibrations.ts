import { AppError } from '../errors.ts';
import type { StoreDriver } from './driver.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from './formats/safetensors.ts';
import { checkpointKey, readCheckpoint } from './model-files.ts';
import type { CheckpointRecord } from './records/checkpoint-record.ts';
import { isAppError, readIfThere } from './records/record-blob.ts';

/** Scores of validation rows, stored beside a checkpoint. It can be computed again, so a damaged one counts as none. */
export interface CalibrationContent {
  /** Version of the estimator that computed them. */
  readonly estimator: number;
  /** Ascending. */
  readonly scores: Float32Array;
  /** For each column, ascending. */
  readonly surprises: readonly Float32Array[];
}

const FILE = 'calibration.safetensors';
const VERSION = '1';

/**
 * Replaces the calibration of a checkpoint, if the checkpoint is still there. Writers of the same checkpoint compute the same
 * numbers, so it does not matter which comes last. Errors: store_full.
 */
export async function saveCalibration(
  driver: StoreDriver,
  id: string,
  checkpoint: CheckpointRecord,
  { estimator, scores, surprises }: CalibrationContent,
): Promise<void> {
  const stored = await readCheckpoint(driver, id, checkpoint.step);
  if (stored === null || sumOf(stored) !== sumOf(checkpoint)) return;
  const bytes = encodeSafetensors(
    {
      scores: { shape: [scores.length], data: scores },
      surprises: join(surprises),
      surprise_counts: join([Float32Array.from(surprises, (own) => own.length)]),
    },
    { version: VERSION, estimator: String(estimator), parameters: sumOf(checkpoint) },
  );
  await driver.write(checkpointKey(id, checkpoint.step, FILE), bytes);
}

/** Null if there is none by this estimator for these parameters. */
export async function loadCalibration(
  driver: StoreDriver,
  id: string,
  checkpoint: CheckpointRecord,
  estimator: number,
): Promise<CalibrationContent | null> {
  const bytes = await readIfThere(driver, checkpointKey(id, checkpoint.step, FILE));
  const stored = bytes && decodeIfIntact(bytes);
  if (!stored) return null;
  const { metadata } = stored;
  const isCurrent = metadata['version'] === VERSION && metadata['estimator'] === String(estimator);
  if (!isCurrent || metadata['parameters'] !== sumOf(checkpoint)) return null;
  return readContent(stored, estimator);
}

function decodeIfIntact(bytes: Buffer): Safetensors | null {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (isAppError(error, 'data_invalid')) return null;
    throw error;
  }
}

function readContent({ arrays }: Safetensors, estimator: number): CalibrationContent | null {
  const { scores, surprises, surprise_counts: counts } = arrays;
  if (!scores || !surprises || !counts) return null;
  let start = 0;
  const own = Array.from(counts.data, (count) => {
    start += count;
    return surprises.data.subarray(start - count, start);
  });
  return start === surprises.data.length ? { estimator, scores: scores.data, surprises: own } : null;
}

function join(parts: readonly Float32Array[]) {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const data = new Float32Array(size);
  let start = 0;
  for (const part of parts) {
    data.set(part, start);
    start += part.length;
  }
  return { shape: [size], data };
}

/** Errors: blob_corrupt if checkpoint.json does not list its parameters. */
function sumOf({ step, files }: CheckpointRecord): string {
  const sum = files['parameters.safetensors']?.sha256;
  if (sum !== undefined) return sum;
  throw AppError.of('blob_corrupt', {
    key: `checkpoint.json of step ${step}`,
    detail: 'it does not list the parameters',
  });
}
