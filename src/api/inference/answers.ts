import { AppError } from '../../errors.ts';
import { createRowDecoder, shortenFloat32, type Cell } from '../../model/table.ts';
import type { Cube, Indices, Matrix, Vector } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import { findTable } from '../../model/dataset.ts';
import { listRanges } from '../../model/specification.ts';

/**
 * Convert arrays of an operation's output to JSON: each number has as few digits as its float32 needs. An output without an array of
 * that name and rank does not compile. JSON has no NaN or Infinity: unless a function says otherwise, it throws answer_not_finite for
 * them.
 */

type Has<Name extends string, Kind> = Readonly<Record<NoInfer<Name>, Kind>>;

export function toNumbers<Name extends string>(output: Has<Name, Vector | Indices>, name: Name): number[] {
  const { data } = takeFinite(output, name);
  return data instanceof Uint32Array ? Array.from(data) : writeFloats(data);
}

export function toRows<Name extends string>(output: Has<Name, Matrix>, name: Name): number[][] {
  const { shape, data } = takeFinite(output, name);
  return splitRows(data, ...shape);
}

/** With null for what does not exist, such as the standard deviation of a distribution with heavy tails. */
export function toNullableRows<Name extends string>(
  output: Has<Name, Matrix>,
  name: Name,
): (number | null)[][] {
  const { shape, data } = output[name];
  return splitRows(data, ...shape).map((row) => row.map((value) => (Number.isFinite(value) ? value : null)));
}

/** Nests rows by the first axis. */
export function toNestedRows<Name extends string>(output: Has<Name, Cube>, name: Name): number[][][] {
  const { shape, data } = takeFinite(output, name);
  const [count, rows, columns] = shape;
  const size = rows * columns;
  return Array.from({ length: count }, (_, index) =>
    splitRows(data.subarray(index * size, (index + 1) * size), rows, columns),
  );
}

/** Rows of data in the units, and with the words, of the data set. */
export function toDataRows<Name extends string>(
  output: Has<Name, Matrix>,
  name: Name,
  record: ModelRecord,
): Cell[][] {
  return decodeRows(takeFinite<Name, Matrix>(output, name), record);
}

/** The same for rows of the data set, with null for missing values. */
export function toStoredRows<Name extends string>(
  output: Has<Name, Matrix>,
  name: Name,
  record: ModelRecord,
): Cell[][] {
  return decodeRows(output[name], record).map((row) =>
    row.map((cell) => (typeof cell === 'number' && !Number.isFinite(cell) ? null : cell)),
  );
}

/** Cells of each row; a NaN of an array stays NaN. */
export function decodeRows({ shape: [count, size], data }: Matrix, record: ModelRecord): Cell[][] {
  const table = findTable(record);
  // Cells of tables are written from the float32 itself.
  const write: (values: Float32Array) => Cell[] =
    table === null ? writeFloats : createRowDecoder(table, listRanges(record.model.likelihood));
  return Array.from({ length: count }, (_, row) => write(data.subarray(row * size, (row + 1) * size)));
}

export function takeFinite<Name extends string, Kind extends Vector | Matrix | Cube | Indices>(
  output: Readonly<Record<NoInfer<Name>, Kind>>,
  name: Name,
): Kind {
  const array = output[name];
  if (!array.data.every(Number.isFinite)) throw AppError.of('answer_not_finite', { what: name });
  return array;
}

function splitRows(data: Float32Array, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    writeFloats(data.subarray(row * columns, (row + 1) * columns)),
  );
}

function writeFloats(values: Float32Array): number[] {
  const numbers = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = shortenFloat32(values[i] ?? NaN);
  return numbers;
}
