import { AppError } from '../../../errors.ts';
import { ByteReader } from '../byte-reader.ts';
import { denseRows, type DenseHeader } from '../dense.ts';
import { readNpyHeader } from '../npy.ts';
import type { RowLimits, RowStream } from '../rows.ts';
import type { ZipEntry } from './zip-file.ts';

const MOST_ARRAYS = 100;
const SUFFIX = /\.npy$/i;
const WHOLE = new Set(['uint8', 'int8', 'bool', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64']);
const ALLOWED = 'one array with 2 or more axes, or arrays named x (rows) and y (a whole number for each row)';

export const isNpy = (name: string): boolean => SUFFIX.test(name);

interface NamedArray {
  readonly name: string;
  readonly header: DenseHeader;
  readonly entry: ZipEntry;
}

export interface NpzRows extends RowStream {
  readonly labels: (() => Promise<Int32Array>) | null;
}

/** NPZ (numpy.savez): the array x, or the only one that has rows; and labels, y, if there are any. */
export async function openNpz(
  first: ZipEntry,
  others: AsyncIterable<ZipEntry>,
  limits: RowLimits,
): Promise<NpzRows> {
  const arrays = [await describeArray(first)];
  for await (const entry of others) {
    if (!isNpy(entry.name) || arrays.length === MOST_ARRAYS) throw refuse([...arrays, { name: entry.name }]);
    arrays.push(await describeArray(entry));
  }
  const [rows, labels] = chooseArrays(arrays);
  const reader = new ByteReader(rows.entry.read());
  const stream = denseRows(reader, await readNpyHeader(reader), limits);
  return { ...stream, labels: labels === null ? null : () => readLabels(labels) };
}

async function describeArray(entry: ZipEntry): Promise<NamedArray> {
  const name = entry.name.replace(SUFFIX, '');
  const reader = new ByteReader(entry.read());
  try {
    return { name, entry, header: await readNpyHeader(reader) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const found = `an array that cannot be read (${error.message})`;
    throw AppError.of('data_invalid', {
      where: entry.name.slice(0, 100),
      found,
      allowed: 'numbers in C order',
    });
  } finally {
    await reader.close();
  }
}

/** The array of rows and the one of labels. Errors: data_invalid. */
function chooseArrays(arrays: readonly NamedArray[]): readonly [NamedArray, NamedArray | null] {
  const find = (name: string) => arrays.find((each) => each.name.toLowerCase() === name);
  const rows = arrays.length === 1 ? arrays[0] : find('x');
  const labels = arrays.length === 1 ? null : find('y');
  if (rows === undefined || labels === undefined || arrays.length > 2) throw refuse(arrays);
  if (labels !== null) checkLabels(labels.header, rows.header.shape[0] ?? 0);
  return [rows, labels];
}

function checkLabels({ shape, type, where }: DenseHeader, rows: number): void {
  if (shape.length === 1 && shape[0] === rows && WHOLE.has(type)) return;
  throw AppError.of('data_invalid', {
    where: `${where} of y.npy`,
    found: `${type} [${shape.join(', ')}]`,
    allowed: `whole numbers [${rows}], one for each row of x`,
  });
}

const refuse = (arrays: readonly { readonly name: string }[]): AppError => {
  const names = arrays.slice(0, 10).map(({ name }) => JSON.stringify(name.slice(0, 40)));
  return AppError.of('data_invalid', { where: 'the NPZ file', found: names.join(', '), allowed: ALLOWED });
};

async function readLabels({ entry }: NamedArray): Promise<Int32Array> {
  const reader = new ByteReader(entry.read());
  const header = await readNpyHeader(reader);
  const rows = header.shape[0] ?? 0;
  const labels = new Int32Array(rows);
  let at = 0;
  // As rows of one value.
  const { pieces } = denseRows(reader, { ...header, shape: [rows, 1] }, { maxStoredBytes: Infinity });
  for await (const piece of pieces) {
    labels.set(piece, at);
    at += piece.length;
  }
  return labels;
}
