import type { AnyArray, Matrix } from './arrays.ts';

/** Rows of several requests put together for a run, and its results taken apart again. */

/** Some rows of a matrix. */
export interface TakenRows {
  readonly rows: Matrix;
  readonly first: number;
  readonly count: number;
}

export type OutputArrays = Readonly<Record<string, AnyArray>>;

/** The parts one after another, without a copy if there is only one. */
export function joinRows(shares: readonly TakenRows[]): Matrix {
  const width = shares[0]?.rows.shape[1] ?? 0;
  const parts = shares.map(({ rows, first, count }) =>
    rows.data.subarray(first * width, (first + count) * width),
  );
  const count = shares.reduce((sum, share) => sum + share.count, 0);
  const [only] = parts;
  if (only && parts.length === 1) return { shape: [count, width], data: only };
  const data = new Float32Array(count * width);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { shape: [count, width], data };
}

/** Arrays that follow each other along the first axis. */
export function concatenate(parts: readonly AnyArray[], rows: number): AnyArray {
  const [first] = parts;
  if (first === undefined) throw new RangeError('nothing to put together');
  const [, ...rest] = first.shape;
  const size = rest.reduce((product, axis) => product * axis, 1);
  const data =
    first.data instanceof Uint32Array ? new Uint32Array(rows * size) : new Float32Array(rows * size);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [rows, ...rest], data } as unknown as AnyArray;
}

/** Elements first .. first + count - 1 of every array along its first axis; arrays that belong to all rows are left whole. */
export function readShare(
  output: OutputArrays,
  first: number,
  count: number,
  shared: readonly string[],
): OutputArrays {
  return Object.fromEntries(
    Object.entries(output).map(([name, array]) => {
      if (shared.includes(name)) return [name, array];
      const [, ...rest] = array.shape;
      const size = rest.reduce((product, axis) => product * axis, 1);
      const data = array.data.subarray(first * size, (first + count) * size);
      return [name, { shape: [count, ...rest], data } as unknown as AnyArray];
    }),
  );
}
