import { AppError } from '../errors.ts';
import type { Cell, TableSchema } from '../model/table.ts';
import { idOffsetsKey, idsKey, labelsKey } from './dataset-files.ts';
import type { StoreDriver } from './driver.ts';
import { readIfThere } from './records/record-blob.ts';

/** The code of a row without a label; a word beyond those that are kept has -1. */
export const MISSING_LABEL = -2;
const OFFSET_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Indices of the id columns. */
export const listIdColumns = ({ columns }: TableSchema): number[] =>
  columns.flatMap(({ role }, index) => (role === 'id' ? [index] : []));

/** Index of the first label column, or -1. */
export const findLabelColumn = ({ columns }: TableSchema): number =>
  columns.findIndex(({ role }) => role === 'label');

/** The cells of the id columns in these rows. Errors: blob_corrupt, blob_not_found. */
export async function readIdCells(
  driver: StoreDriver,
  id: string,
  rows: Iterable<number>,
): Promise<Cell[][]> {
  const [lines, offsets] = [await driver.open(idsKey(id)), await driver.open(idOffsetsKey(id))];
  const endOf = async (row: number): Promise<number> => {
    if (row < 0) return 0;
    const bytes = new Uint8Array(OFFSET_BYTES);
    await offsets.read(bytes, row * OFFSET_BYTES);
    return new Float64Array(bytes.buffer)[0] ?? 0;
  };
  try {
    const found: Cell[][] = [];
    for (const row of rows) {
      const start = await endOf(row - 1);
      const line = Buffer.alloc((await endOf(row)) - start);
      await lines.read(line, start);
      found.push(parseLine(line, id));
    }
    return found;
  } finally {
    await lines.close();
    await offsets.close();
  }
}

function parseLine(line: Buffer, id: string): Cell[] {
  try {
    return JSON.parse(line.toString('utf8')) as Cell[];
  } catch (cause) {
    throw AppError.of('blob_corrupt', { key: idsKey(id), detail: 'a line is no JSON' }, { cause });
  }
}

/** The label of each row as a code, see {@link MISSING_LABEL}; null if the data set has none. */
export async function readLabelCodes(driver: StoreDriver, id: string): Promise<Int32Array | null> {
  const bytes = await readIfThere(driver, labelsKey(id));
  if (bytes === null) return null;
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
