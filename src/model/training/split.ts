import { permutation, streamKey } from '../random/streams.ts';

export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Which rows train and which validate. A data set's own test rows (its last ones) validate; without them a fraction of
 * the rows, drawn by the seed, does (at least one row is left for training).
 */
export function splitRows(rows: number, testRows: number, validationFraction: number, seed: number): Split {
  if (testRows > 0) {
    const all = Uint32Array.from({ length: rows }, (_, i) => i);
    return { train: all.slice(0, rows - testRows), validation: all.slice(rows - testRows) };
  }
  const held = Math.min(Math.round(rows * validationFraction), rows - 1);
  const order = permutation(streamKey(seed, 'validationSplit', 0), rows);
  return { train: order.slice(held).sort(), validation: order.slice(0, held).sort() };
}

/** Rows a training draws from, without making the split. */
export function trainingRowCount(rows: number, testRows: number, validationFraction: number): number {
  return testRows > 0 ? rows - testRows : rows - Math.min(Math.round(rows * validationFraction), rows - 1);
}
