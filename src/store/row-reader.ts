import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { rowsKey } from './dataset-files.ts';
import type { RowReader } from './datasets.ts';
import type { StoreDriver, RandomAccess } from './driver.ts';
import { BYTES_PER_VALUE, type DatasetRecord } from './records/dataset-record.ts';

/** Rows are held in memory up to this size. */
export const DEFAULT_ROW_CACHE_BYTES = 512 * 2 ** 20;
/** Read at a time while checking the sum. */
const CHUNK_BYTES = 4 * 2 ** 20;
/** So many rows are worth the way to another thread. */
const MANY_ROWS = 256;
/** Reads of rows.bin under way at the same time. */
const READS_AT_ONCE = 32;

/** Opens rows.bin and checks its size and, with `verify`, its SHA-256. Errors: blob_corrupt, blob_not_found. */
export async function openRowReader(
  driver: StoreDriver,
  record: DatasetRecord,
  rowCacheBytes: number,
  verify = true,
): Promise<RowReader> {
  const blob = await driver.open(rowsKey(record.id));
  try {
    const cache = verify && record.bytes <= rowCacheBytes ? new Uint8Array(record.bytes) : null;
    checkSize(blob, record);
    if (verify) await checkSum(blob, record, cache);
    if (cache === null) return createReader(record, blob);
    await blob.close();
    return createReader(record, { read: copyFrom(cache), close: () => Promise.resolve() });
  } catch (error) {
    await blob.close();
    throw error;
  }
}

function checkSize(blob: RandomAccess, { id, bytes }: DatasetRecord): void {
  if (blob.bytes === bytes) return;
  const detail = `it has ${blob.bytes} bytes and not ${bytes}`;
  throw AppError.of('blob_corrupt', { key: rowsKey(id), detail });
}

/** Reads everything once, into the cache if there is one. */
async function checkSum(blob: RandomAccess, record: DatasetRecord, cache: Uint8Array | null): Promise<void> {
  const hash = createHash('sha256');
  const scratch = new Uint8Array(cache === null ? CHUNK_BYTES : 0);
  for (let offset = 0; offset < record.bytes; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, record.bytes - offset);
    const target = cache?.subarray(offset, offset + length) ?? scratch.subarray(0, length);
    await blob.read(target, offset);
    hash.update(target);
  }
  if (hash.digest('hex') !== record.sha256) {
    const key = rowsKey(record.id);
    throw AppError.of('blob_corrupt', { key, detail: 'its SHA-256 is not the one of dataset.json' });
  }
}

/** Fills `target` with the bytes from `offset` on: at once (undefined), or when the promise resolves. */
type ReadBytes = (target: Uint8Array, offset: number) => Promise<void> | undefined;

const copyFrom =
  (cache: Uint8Array): ReadBytes =>
  (target, offset) => {
    target.set(cache.subarray(offset, offset + target.byteLength));
    return undefined;
  };

interface RowFile {
  readonly read: ReadBytes;
  readonly readPieces?: RandomAccess['readPieces'];
  readonly close: () => Promise<void>;
}

function createReader(record: DatasetRecord, { read, readPieces, close }: RowFile): RowReader {
  const rowBytes = record.data_size * BYTES_PER_VALUE[record.dtype];
  const Values = record.dtype === 'uint8' ? Uint8Array : Float32Array;
  return {
    record,
    readsFile: readPieces !== undefined,
    async readRows(indices, out) {
      if (!(out instanceof Values) || out.length < indices.length * record.data_size) {
        throw new RangeError(
          `${indices.length} rows of ${record.data_size} ${record.dtype} values do not fit the array.`,
        );
      }
      checkIndices(indices, record.rows);
      const bytes = new Uint8Array(out.buffer, out.byteOffset, indices.length * rowBytes);
      if (readPieces !== undefined && indices.length >= MANY_ROWS) {
        await readPieces(
          bytes,
          Float64Array.from(indices, (index) => index * rowBytes),
          rowBytes,
        );
        return;
      }
      const pending: Promise<void>[] = [];
      for (let i = 0; i < indices.length;) {
        const run = runLength(indices, i);
        const target = bytes.subarray(i * rowBytes, (i + run) * rowBytes);
        const reading = read(target, (indices[i] ?? 0) * rowBytes);
        if (reading !== undefined && pending.push(reading) === READS_AT_ONCE) {
          await Promise.all(pending.splice(0));
        }
        i += run;
      }
      await Promise.all(pending);
    },
    close,
  };
}

function checkIndices(indices: ArrayLike<number>, rows: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? NaN;
    if (!Number.isInteger(index) || index < 0 || index >= rows) {
      throw new RangeError(`There is no row ${index}: the data set has ${rows} rows.`);
    }
  }
}

/** Counts the indices from position `start` on that are neighbouring rows, to read them together. */
function runLength(indices: ArrayLike<number>, start: number): number {
  let length = 1;
  while (indices[start + length] === (indices[start] ?? 0) + length) length += 1;
  return length;
}
