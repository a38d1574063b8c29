import type { FloatArray } from '../runtime/runtime.ts';
import { listRanges, type LikelihoodSpec } from '../specification.ts';

/** Moves values beyond the range of their column to its nearest end, in rows [rows, data_size]. */
export function limitToRanges(likelihood: LikelihoodSpec, rows: FloatArray): FloatArray {
  const [, size = 0] = rows.shape;
  const data = Float32Array.from(rows.data);
  listRanges(likelihood).forEach((range, column) => {
    if (range === null) return;
    for (let at = column; at < data.length; at += size)
      data[at] = Math.min(Math.max(data[at] ?? NaN, range.minimum), range.maximum);
  });
  return { shape: rows.shape, data };
}
