import { AppError } from '../../errors.ts';
import type { ColumnSpec, LikelihoodSpec } from '../../model/specification.ts';
import type { Cube, Indices, Matrix, Vector } from '../../queue/arrays.ts';

/**
 * Convert arrays of an operation's output to JSON. An output without an array of that name and rank does not compile. JSON has no
 * NaN or Infinity: unless a function says otherwise, it throws answer_not_finite for them.
 */

type Has<Name extends string, Kind> = Readonly<Record<NoInfer<Name>, Kind>>;

export function toNumbers<Name extends string>(output: Has<Name, Vector | Indices>, name: Name): number[] {
  return [...takeFinite(output, name).data];
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

/** A value of a row in an answer: a number, or the word that a column has for it. */
export type AnsweredCell = number | string;

/** Rows of data in the units, and with the words, of the data set. */
export function toDataRows<Name extends string>(
  output: Has<Name, Matrix>,
  name: Name,
  likelihood: LikelihoodSpec,
): AnsweredCell[][] {
  const rows = toRows(output, name);
  const columns = likelihood.family === 'mixed' ? likelihood.columns : [];
  if (!columns.some(({ labels }) => labels)) return rows;
  return rows.map((row) => row.map((value, i) => findWord(value, columns[i]?.labels)));
}

/** The same for rows of the data set, with null for missing values. */
export function toStoredRows<Name extends string>(
  output: Has<Name, Matrix>,
  name: Name,
  likelihood: LikelihoodSpec,
): (AnsweredCell | null)[][] {
  const columns = likelihood.family === 'mixed' ? likelihood.columns : [];
  return toNullableRows(output, name).map((row) =>
    row.map((value, i) => (value === null ? null : findWord(value, columns[i]?.labels))),
  );
}

/** The names of the columns, in answers of tables only. */
export function nameColumns(likelihood: LikelihoodSpec): { columns?: string[] } {
  return likelihood.family === 'mixed' ? { columns: likelihood.columns.map(({ name }) => name) } : {};
}

/** The word of the code nearest to the value. A flag's value is a probability: the more probable word. */
function findWord(value: number, labels: ColumnSpec['labels']): AnsweredCell {
  return labels?.[Math.min(Math.max(Math.round(value), 0), labels.length - 1)] ?? value;
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
    Array.from(data.subarray(row * columns, (row + 1) * columns)),
  );
}
