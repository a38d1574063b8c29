import { AppError } from '../errors.ts';
import type { Cell, TableSchema } from '../model/table.ts';
import { idOffsetsKey, idsKey, labelsKey } from './dataset-files.ts';
import type { RowRange } from './datasets.ts';
import type { RandomAccess, StoreDriver } from './driver.ts';

/** The code of a row without a label; a word beyond those that are kept has -1. */
export const MISSING_LABEL = -2;
const LABEL_BYTES = Int32Array.BYTES_PER_ELEMENT;
const OFFSET_BYTES = Float64Array.BYTES_PER_ELEMENT;
/** Rows whose ids are read at once. */
const MAX_RUN = 1024;

/** Indices of the id columns. */
export const listIdColumns = ({ columns }: TableSchema): number[] =>
  columns.flatMap(({ role }, index) => (role === 'id' ? [index] : []));

/** Index of the first label column, or -1. */
export const findLabelColumn = ({ columns }: TableSchema): number =>
  columns.findIndex(({ role }) => role === 'label');

/** The cells of the id columns in these rows. Neighbouring rows are read together. Errors: blob_corrupt, blob_not_found. */
export async function readIdCells(
  driver: StoreDriver,
  id: string,
  rows: Iterable<number>,
): Promise<Cell[][]> {
  const lines = await driver.open(idsKey(id));
  try {
    const offsets = await driver.open(idOffsetsKey(id));
    try {
      const found: Cell[][] = [];
      for (const run of listRuns(rows)) found.push(...(await readRun(lines, offsets, run, id)));
      return found;
    } finally {
      await offsets.close();
    }
  } finally {
    await lines.close();
  }
}

/** Rows from `first` on. */
interface Run {
  readonly first: number;
  readonly length: number;
}

function* listRuns(rows: Iterable<number>): Generator<Run> {
  let [first, length] = [0, 0];
  for (const row of rows) {
    if (length > 0 && row === first + length && length < MAX_RUN) {
      length += 1;
      continue;
    }
    if (length > 0) yield { first, length };
    [first, length] = [row, 1];
  }
  if (length > 0) yield { first, length };
}

async function readRun(
  lines: RandomAccess,
  offsets: RandomAccess,
  { first, length }: Run,
  id: string,
): Promise<Cell[][]> {
  // The first line starts where the one before it ends, if there is one.
  const ends = new Float64Array(length + 1);
  const known = first === 0 ? ends.subarray(1) : ends;
  const at = (first === 0 ? 0 : first - 1) * OFFSET_BYTES;
  await offsets.read(new Uint8Array(known.buffer, known.byteOffset, known.byteLength), at);
  const [start = 0, end = 0] = [ends[0], ends[length]];
  if (!ends.every((one, i) => one > (ends[i - 1] ?? -1)) || end > lines.bytes) {
    throw AppError.of('blob_corrupt', { key: idOffsetsKey(id), detail: 'an offset does not fit the lines' });
  }
  const text = Buffer.alloc(end - start);
  await lines.read(text, start);
  return Array.from({ length }, (_, i) =>
    parseLine(text.subarray((ends[i] ?? 0) - start, (ends[i + 1] ?? 0) - start), id),
  );
}

function parseLine(line: Buffer, id: string): Cell[] {
  try {
    return JSON.parse(line.toString('utf8')) as Cell[];
  } catch (cause) {
    throw AppError.of('blob_corrupt', { key: idsKey(id), detail: 'a line is no JSON' }, { cause });
  }
}

/** The labels of these rows (default: of all) as codes, see {@link MISSING_LABEL}; null if the data set has none. Errors: blob_corrupt. */
export async function readLabelCodes(
  driver: StoreDriver,
  id: string,
  range?: RowRange,
): Promise<Int32Array | null> {
  const blob = await openIfThere(driver, labelsKey(id));
  if (blob === null) return null;
  try {
    const { first, count } = range ?? { first: 0, count: Math.floor(blob.bytes / LABEL_BYTES) };
    const codes = new Int32Array(count);
    await blob.read(new Uint8Array(codes.buffer), first * LABEL_BYTES);
    return codes;
  } finally {
    await blob.close();
  }
}

async function openIfThere(driver: StoreDriver, key: string): Promise<RandomAccess | null> {
  try {
    return await driver.open(key);
  } catch (error) {
    if (error instanceof AppError && error.code === 'blob_not_found') return null;
    throw error;
  }
}
