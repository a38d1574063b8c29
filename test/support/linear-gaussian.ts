import type { FloatArray, FloatArrays } from '../../src/model/runtime/runtime.ts';
import { choleskyOf } from './jacobi.ts';
import { at, normals } from './numbers.ts';
import { modelSpec } from './specifications.ts';

export const LOG_2_PI = Math.log(2 * Math.PI);
export const range = (count: number) => Array.from({ length: count }, (_, i) => i);

export interface LinearSetting {
  readonly dataSize: number;
  readonly latentSize: number;
  readonly rows: number;
  readonly noiseVariance: number;
}

/** x = b + W z + noise: log p(x), and where the columns of W are at right angles the posterior, are known exactly. */
export function linearGaussian(setting: LinearSetting) {
  const { dataSize, latentSize, rows, noiseVariance } = setting;
  const linear = { hidden_sizes: [] };
  const likelihood = { family: 'gaussian', mean: 'free', variance: 'shared' };
  const model = modelSpec({ latent_size: latentSize, likelihood, encoder: linear, decoder: linear });
  const weight = normals(1, latentSize * dataSize).map((value) => 0.6 * value);
  const bias = normals(2, dataSize);
  const decoder: FloatArrays = {
    'decoder.output.weight': { shape: [latentSize, dataSize], data: weight },
    'decoder.output.bias': { shape: [dataSize], data: bias },
    'decoder.log_variance': { shape: [1], data: Float32Array.of(Math.log(noiseVariance)) },
  };
  const z = normals(3, rows * latentSize);
  const noise = normals(4, rows * dataSize);
  const data = noise.map((value, i) => {
    const [row, element] = [Math.floor(i / dataSize), i % dataSize];
    const signal = range(latentSize).map(
      (k) => at(z, row * latentSize + k) * at(weight, k * dataSize + element),
    );
    return at(bias, element) + signal.reduce((a, b) => a + b, 0) + Math.sqrt(noiseVariance) * value;
  });
  return {
    setting,
    model,
    decoder,
    weight,
    bias,
    rows: { shape: [rows, dataSize], data } satisfies FloatArray,
  };
}
export type LinearGaussian = ReturnType<typeof linearGaussian>;

/** An encoder whose q(z|x) is N(0, I) for every row. */
export function blindEncoder({ setting: { dataSize, latentSize } }: LinearGaussian): FloatArrays {
  return {
    'encoder.output.weight': {
      shape: [dataSize, 2 * latentSize],
      data: new Float32Array(dataSize * 2 * latentSize),
    },
    'encoder.output.bias': { shape: [2 * latentSize], data: new Float32Array(2 * latentSize) },
  };
}

/**
 * An encoder whose q(z|x) is the posterior of each dimension: N(w_k (x - b) / (s^2 + w_k w_k), s^2 / (s^2 + w_k w_k)), exact for one
 * latent dimension.
 */
export function exactEncoder({ setting, weight, bias }: LinearGaussian): FloatArrays {
  const { dataSize, latentSize, noiseVariance } = setting;
  const row = (k: number) => weight.subarray(k * dataSize, (k + 1) * dataSize);
  const precision = (k: number) => row(k).reduce((sum, value) => sum + value * value, noiseVariance);
  const matrix = new Float32Array(dataSize * 2 * latentSize);
  const offset = new Float32Array(2 * latentSize);
  for (let k = 0; k < latentSize; k++) {
    row(k).forEach((value, i) => {
      matrix[i * 2 * latentSize + k] = value / precision(k);
      offset[k] = at(offset, k) - (value * at(bias, i)) / precision(k);
    });
    offset[latentSize + k] = Math.log(noiseVariance / precision(k));
  }
  return {
    'encoder.output.weight': { shape: [dataSize, 2 * latentSize], data: matrix },
    'encoder.output.bias': { shape: [2 * latentSize], data: offset },
  };
}

/** log p(x) of every row: N(b, W^T W + s^2 I). */
export function exactLogLikelihoods({ setting, weight, bias, rows }: LinearGaussian): number[] {
  const { dataSize, latentSize, noiseVariance } = setting;
  const covariance = range(dataSize).map((i) =>
    range(dataSize).map((j) => {
      const shared = range(latentSize).map(
        (k) => at(weight, k * dataSize + i) * at(weight, k * dataSize + j),
      );
      return shared.reduce((a, b) => a + b, i === j ? noiseVariance : 0);
    }),
  );
  return range(setting.rows).map((row) => {
    const centered = range(dataSize).map((i) => at(rows.data, row * dataSize + i) - at(bias, i));
    return gaussianLogProb(covariance, centered);
  });
}

/** log N(x; 0, covariance). */
export function gaussianLogProb(covariance: number[][], x: readonly number[]): number {
  const factor = choleskyOf(covariance);
  const solved: number[] = [];
  factor.forEach((row, i) => {
    const known = solved.reduce((sum, value, k) => sum + at(row, k) * value, 0);
    solved.push((at(x, i) - known) / at(row, i));
  });
  const logDeterminant = factor.reduce((sum, row, i) => sum + 2 * Math.log(at(row, i)), 0);
  return -0.5 * (x.length * LOG_2_PI + logDeterminant + solved.reduce((sum, v) => sum + v * v, 0));
}
