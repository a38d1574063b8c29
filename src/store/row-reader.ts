import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { rowsKey } from './dataset-files.ts';
import type { RowReader } from './datasets.ts';
import type { Driver, RandomAccess } from './driver.ts';
import { BYTES_PER_VALUE, type DatasetRecord } from './records/dataset-record.ts';

/** Rows are held in memory up to this size. */
export const DEFAULT_ROW_CACHE_BYTES = 512 * 2 ** 20;
/** Read at a time while checking; the event loop runs in between. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** Opens rows.bin and checks its size and SHA-256. Errors: blob_corrupt, blob_not_found. */
export async function openRowReader(
  driver: Driver,
  record: DatasetRecord,
  rowCacheBytes: number,
): Promise<RowReader> {
  const blob = await driver.open(rowsKey(record.id));
  try {
    const cache = record.bytes <= rowCacheBytes ? new Uint8Array(record.bytes) : null;
    await checkRows(blob, record, cache);
    if (cache === null) return reader(record, blob.readSync.bind(blob), blob.close.bind(blob));
    await blob.close();
    return reader(record, memoryRows(cache), () => Promise.resolve());
  } catch (error) {
    await blob.close();
    throw error;
  }
}

/** Reads everything once, into the cache where there is one. */
async function checkRows(blob: RandomAccess, record: DatasetRecord, cache: Uint8Array | null): Promise<void> {
  const key = rowsKey(record.id);
  if (blob.bytes !== record.bytes) {
    throw AppError.of('blob_corrupt', { key, detail: `it has ${blob.bytes} bytes and not ${record.bytes}` });
  }
  const hash = createHash('sha256');
  const scratch = new Uint8Array(cache === null ? CHUNK_BYTES : 0);
  for (let offset = 0; offset < record.bytes; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, record.bytes - offset);
    const target = cache?.subarray(offset, offset + length) ?? scratch.subarray(0, length);
    blob.readSync(target, offset);
    hash.update(target);
    await setImmediate();
  }
  if (hash.digest('hex') !== record.sha256) {
    throw AppError.of('blob_corrupt', { key, detail: 'its SHA-256 is not the one of dataset.json' });
  }
}

type ReadSync = RandomAccess['readSync'];

const memoryRows =
  (cache: Uint8Array): ReadSync =>
  (target, offset) => {
    target.set(cache.subarray(offset, offset + target.byteLength));
  };

function reader(record: DatasetRecord, readSync: ReadSync, close: () => Promise<void>): RowReader {
  const rowBytes = record.data_size * BYTES_PER_VALUE[record.dtype];
  const Values = record.dtype === 'uint8' ? Uint8Array : Float32Array;
  return {
    record,
    readRows(indices, out) {
      if (!(out instanceof Values) || out.length < indices.length * record.data_size) {
        throw new RangeError(
          `${indices.length} rows of ${record.data_size} ${record.dtype} values do not fit the array.`,
        );
      }
      const bytes = new Uint8Array(out.buffer, out.byteOffset, indices.length * rowBytes);
      for (let i = 0; i < indices.length;) {
        const first = indices[i] ?? 0;
        const run = runLength(indices, i);
        if (!Number.isInteger(first) || first < 0 || first + run > record.rows) {
          throw new RangeError(`Row ${first} (and ${run - 1} more) of ${record.rows} rows.`);
        }
        readSync(bytes.subarray(i * rowBytes, (i + run) * rowBytes), first * rowBytes);
        i += run;
      }
    },
    close,
  };
}

/** How many indices from position `start` on name neighbouring rows: they are read at once. */
function runLength(indices: ArrayLike<number>, start: number): number {
  let length = 1;
  while (indices[start + length] === (indices[start] ?? 0) + length) length += 1;
  return length;
}
