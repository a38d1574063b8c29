import { AppError } from '../../errors.ts';
import type { ColumnSpec, LikelihoodSpec } from '../../model/specification.ts';
import { unpackArray, type InferResult } from '../../queue/jobs.ts';

/** Arrays of a result as JSON has them. They throw answer_not_finite where they are not said to be nullable: JSON has no NaN or Infinity. */

export function vector(result: InferResult, name: string): number[] {
  return [...array(result, name, 1).data];
}

export function matrix(result: InferResult, name: string): number[][] {
  const { shape, data } = array(result, name, 2);
  return rowsOf(data, shape[0] ?? 0, shape[1] ?? 0);
}

/** The same with null for what does not exist, as the standard deviation of a distribution with heavy tails. */
export function nullableMatrix(result: InferResult, name: string): (number | null)[][] {
  const { shape, data } = unpacked(result, name, 2);
  const values = rowsOf(data, shape[0] ?? 0, shape[1] ?? 0);
  return values.map((row) => row.map((value) => (Number.isFinite(value) ? value : null)));
}

/** A value of a row as it is answered: a number, or the word that a column has for it. */
export type Cell = number | string;

/** Rows of data in the units, and with the words, of the data set. */
export function dataRows(result: InferResult, name: string, likelihood: LikelihoodSpec): Cell[][] {
  const rows = matrix(result, name);
  const columns = likelihood.family === 'mixed' ? likelihood.columns : [];
  if (!columns.some(({ labels }) => labels)) return rows;
  return rows.map((row) => row.map((value, i) => wordOf(value, columns[i]?.labels)));
}

/** The same of rows as they stand in the data set: null for a missing value. */
export function givenRows(result: InferResult, name: string, likelihood: LikelihoodSpec): (Cell | null)[][] {
  const columns = likelihood.family === 'mixed' ? likelihood.columns : [];
  return nullableMatrix(result, name).map((row) =>
    row.map((value, i) => (value === null ? null : wordOf(value, columns[i]?.labels))),
  );
}

/** The names of the columns of a table. */
export function columnNames(likelihood: LikelihoodSpec): { columns?: string[] } {
  return likelihood.family === 'mixed' ? { columns: likelihood.columns.map(({ name }) => name) } : {};
}

/** The word of the code nearest to the value: of a flag, of which the value is a probability, the more probable one. */
function wordOf(value: number, labels: ColumnSpec['labels']): Cell {
  return labels?.[Math.min(Math.max(Math.round(value), 0), labels.length - 1)] ?? value;
}

/** [count, rows, size] as nested arrays. */
export function cube(result: InferResult, name: string): number[][][] {
  const { shape, data } = array(result, name, 3);
  const [count = 0, rows = 0, size = 0] = shape;
  return Array.from({ length: count }, (_, index) =>
    rowsOf(data.subarray(index * rows * size, (index + 1) * rows * size), rows, size),
  );
}

export function array(result: InferResult, name: string, axes: number): ReturnType<typeof unpackArray> {
  const found = unpacked(result, name, axes);
  if (!found.data.every(Number.isFinite)) throw AppError.of('answer_not_finite', { what: name });
  return found;
}

function unpacked(result: InferResult, name: string, axes: number): ReturnType<typeof unpackArray> {
  const packed = result.arrays[name];
  if (packed?.shape.length !== axes) throw new TypeError(`The result has no ${name} of ${axes} axes`);
  return unpackArray(packed);
}

function rowsOf(data: Float32Array, rows: number, size: number): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * size, (row + 1) * size)));
}
