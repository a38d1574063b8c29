import { gatherStatistics, type ElementStatistics } from '../dataset/statistics.ts';
import type { LikelihoodSpec } from '../specification.ts';

/** Source of rows: returns the stored values of the given rows, one after another. */
export interface RowSource {
  readonly dtype: 'float32' | 'uint8';
  readonly scale: number;
  /** Whether it pays to ask for rows early: they are read while this thread computes. */
  readonly readsFile?: boolean;
  readRows(indices: Uint32Array, out: Uint8Array | Float32Array): Promise<void>;
}

const ROWS_AT_ONCE = 256;
const MOST_ROWS = 100_000;

/** Statistics of each element over the given rows (the first 100,000 of them), as the likelihood asks for. */
export async function elementStatistics(
  source: RowSource,
  rows: Uint32Array,
  dataSize: number,
  likelihood?: LikelihoodSpec,
): Promise<ElementStatistics> {
  const gathering = gatherStatistics(dataSize, likelihood);
  const used = rows.subarray(0, MOST_ROWS);
  const buffer = source.dtype === 'uint8' ? Uint8Array : Float32Array;
  for (let start = 0; start < used.length; start += ROWS_AT_ONCE) {
    const indices = used.subarray(start, start + ROWS_AT_ONCE);
    const stored = new buffer(indices.length * dataSize);
    await source.readRows(indices, stored);
    gathering.add(stored, source.scale);
  }
  return gathering.result();
}
