import { drawPoisson } from '../random/poisson.ts';
import { fillUniform } from '../random/streams.ts';
import type { FloatArray } from '../runtime/runtime.ts';
import { selectElements, type LikelihoodSpec } from '../specification.ts';
import { drawRowNoise, type NoiseSource } from './draws.ts';

/** Index of the numbers that draw counts, so that they are independent of all other noise. */
const COUNTS_INDEX = 2 ** 33;

/** Replaces the rates of counts in rows [rows, data_size] with draws. */
export function drawCounts(likelihood: LikelihoodSpec, rows: FloatArray, noise: NoiseSource): FloatArray {
  const [count = 0, size = 0] = rows.shape;
  const columns = selectElements(likelihood, size, ({ ofCounts = false }) => ofCounts);
  if (columns.length === 0) return rows;
  const { data: uniforms } = drawRowNoise(fillUniform, noise, COUNTS_INDEX, [count, columns.length]);
  const data = Float32Array.from(rows.data);
  for (let row = 0; row < count; row++) {
    columns.forEach((column, i) => {
      const at = row * size + column;
      data[at] = drawPoisson(data[at] ?? NaN, uniforms[row * columns.length + i] ?? 0.5);
    });
  }
  return { shape: rows.shape, data };
}
