import { dot, findLargestEigenpairs, type Float64Matrix } from './eigen.ts';

/** N(mean, W W^T + s^2 I), fitted by maximum likelihood (Tipping & Bishop 1999, eq. 7 and 8). */
export interface ProbabilisticPca {
  logProb(x: Float64Array): number;
}

const LOG_2_PI = Math.log(2 * Math.PI);

/**
 * Fits to rows with this mean and covariance: the axes are the covariance's first eigenvectors, s^2 is the mean of
 * the other eigenvalues. Null if s^2 is 0, because then there is no density.
 */
export async function fitProbabilisticPca(
  mean: Float64Array,
  covariance: Float64Matrix,
  latentSize: number,
  between: () => Promise<void>,
): Promise<ProbabilisticPca | null> {
  const size = mean.length;
  const { values, vectors } = await findLargestEigenpairs(covariance, latentSize, between);
  const trace = covariance.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const explained = values.reduce((sum, value) => sum + value, 0);
  const noise = (trace - explained) / (size - latentSize);
  if (!(noise > 1e-9 * (trace / size))) return null;
  const logDeterminant =
    values.reduce((sum, value) => sum + Math.log(Math.max(value, noise)), 0) +
    (size - latentSize) * Math.log(noise);
  return {
    logProb(x) {
      const centered = x.map((value, i) => value - (mean[i] ?? 0));
      let [square, rest] = [0, dot(centered, centered)];
      vectors.forEach((vector, k) => {
        const along = dot(vector, centered) ** 2;
        square += along / Math.max(values[k] ?? 0, noise);
        rest -= along;
      });
      return -0.5 * (size * LOG_2_PI + logDeterminant + square + rest / noise);
    },
  };
}
