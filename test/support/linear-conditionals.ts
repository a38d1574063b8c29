import type { FloatArrays } from '../../src/model/runtime/runtime.ts';
import { LOG_2_PI, range, type LinearGaussian } from './linear-gaussian.ts';
import { at } from './numbers.ts';

type Matrix = number[][];

/** By Gauss-Jordan elimination with pivots. */
export function invert(matrix: Matrix): Matrix {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...range(size).map((j) => Number(i === j))]);
  for (const i of range(size)) {
    const below = range(size).slice(i);
    const pivot = below.reduce((best, k) =>
      Math.abs(entry(rows, k, i)) > Math.abs(entry(rows, best, i)) ? k : best,
    );
    [rows[i], rows[pivot]] = [rows[pivot] ?? [], rows[i] ?? []];
    const divisor = entry(rows, i, i);
    const scaled = (rows[i] ?? []).map((value) => value / divisor);
    rows.forEach((row, k) => {
      const factor = entry(rows, k, i);
      rows[k] = k === i ? scaled : row.map((value, j) => value - factor * at(scaled, j));
    });
  }
  return rows.map((row) => row.slice(size));
}

const entry = (rows: Matrix, i: number, j: number): number => at(rows[i] ?? [], j);

/** The best encoder with independent latents: q(z|x) has the mean of p(z|x), and as variances 1 / the diagonal of its precision. */
export function meanFieldEncoder({ setting, weight, bias }: LinearGaussian): FloatArrays {
  const { dataSize, latentSize, noiseVariance } = setting;
  const [latents, elements] = [range(latentSize), range(dataSize)];
  const w = (k: number, i: number) => at(weight, k * dataSize + i);
  const precision = latents.map((k) =>
    latents.map((l) => elements.reduce((sum, i) => sum + (w(k, i) * w(l, i)) / noiseVariance, +(k === l))),
  );
  const covariance = invert(precision);
  const matrix = new Float32Array(dataSize * 2 * latentSize);
  const offset = new Float32Array(2 * latentSize);
  for (const k of latents) {
    for (const i of elements) {
      const value = latents.reduce((sum, l) => sum + (entry(covariance, k, l) * w(l, i)) / noiseVariance, 0);
      matrix[i * 2 * latentSize + k] = value;
      offset[k] = at(offset, k) - value * at(bias, i);
    }
    offset[latentSize + k] = -Math.log(entry(precision, k, k));
  }
  return {
    'encoder.output.weight': { shape: [dataSize, 2 * latentSize], data: matrix },
    'encoder.output.bias': { shape: [2 * latentSize], data: offset },
  };
}

/** Of x: W^T W + s^2 I. */
export function covarianceOf({ setting, weight }: LinearGaussian): Matrix {
  const { dataSize, latentSize, noiseVariance } = setting;
  const w = (k: number, i: number) => at(weight, k * dataSize + i);
  return range(dataSize).map((i) =>
    range(dataSize).map((j) =>
      range(latentSize).reduce((sum, k) => sum + w(k, i) * w(k, j), i === j ? noiseVariance : 0),
    ),
  );
}

/** p(x_j|x without j) of a row, for each element j: from the inverse of the covariance. */
export function conditionals(linear: LinearGaussian) {
  const { setting, bias } = linear;
  const elements = range(setting.dataSize);
  const precision = invert(covarianceOf(linear));
  return (x: ArrayLike<number>) =>
    elements.map((j) => {
      const own = entry(precision, j, j);
      const pull = elements.reduce((sum, i) => sum + entry(precision, j, i) * (at(x, i) - at(bias, i)), 0);
      const residual = pull / own;
      return {
        mean: at(x, j) - residual,
        deviation: 1 / Math.sqrt(own),
        surprise: 0.5 * (LOG_2_PI - Math.log(own) + own * residual ** 2),
      };
    });
}
