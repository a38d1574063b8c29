import { AppError } from '../errors.ts';
import { unpackArray, type InferResult } from '../queue/jobs.ts';

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
