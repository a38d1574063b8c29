import type { ElementStatistics } from '../distributions/likelihoods.ts';

/** Where rows come from: stored values of the given rows, one after another. */
export interface RowSource {
  readonly dtype: 'float32' | 'uint8';
  readonly scale: number;
  readRows(indices: Uint32Array, out: Uint8Array | Float32Array): void;
}

const ROWS_AT_ONCE = 256;
const MOST_ROWS = 100_000;

/** Mean and variance of each element over the given rows (the first 100,000 of them). */
export function elementStatistics(source: RowSource, rows: Uint32Array, dataSize: number): ElementStatistics {
  const sum = new Float64Array(dataSize);
  const squares = new Float64Array(dataSize);
  const used = rows.subarray(0, MOST_ROWS);
  const buffer = source.dtype === 'uint8' ? Uint8Array : Float32Array;
  for (let start = 0; start < used.length; start += ROWS_AT_ONCE) {
    const indices = used.subarray(start, start + ROWS_AT_ONCE);
    const stored = new buffer(indices.length * dataSize);
    source.readRows(indices, stored);
    for (let i = 0, element = 0; i < stored.length; i++, element = (element + 1) % dataSize) {
      const value = (stored[i] ?? 0) * source.scale;
      sum[element] = (sum[element] ?? 0) + value;
      squares[element] = (squares[element] ?? 0) + value * value;
    }
  }
  const mean = sum.map((total) => total / used.length);
  return {
    mean,
    variance: squares.map((total, i) => Math.max(0, total / used.length - (mean[i] ?? 0) ** 2)),
  };
}
