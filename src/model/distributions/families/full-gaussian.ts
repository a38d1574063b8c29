import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { CONSTRAINTS } from '../constraints.ts';
import { pieces, type Distribution, type DistributionFamily, type Values } from '../distribution.ts';
import { LOG_2_PI } from '../special-functions.ts';
import { gaussian } from './gaussian.ts';

const NOISE = { normal: 1, uniform: 0 } as const;

/**
 * Gaussian with full covariance L L^T (elliptical): z = mean + L x, L [..., size, size] lower triangular with a positive
 * diagonal. log p = -1/2 sum_j (y_j^2 + log 2 pi) - sum_j log L_jj, where L y = z - mean.
 */
export const fullGaussian: DistributionFamily<'mean' | 'cholesky'> = {
  noise: NOISE,
  /** Output: the mean, the diagonal (through softplus), then what stands left of it, row by row. */
  fromOutput(output, size) {
    const rows = Array.from({ length: size - 1 }, (_, i) => i + 1);
    const [mean, diagonal, ...left] = tf.split(output, [size, size, ...rows], -1);
    if (!mean || !diagonal) throw new RangeError('a Gaussian is made from a mean and a covariance');
    return of({ mean, cholesky: lowerTriangle(CONSTRAINTS.positive(diagonal), left, size) });
  },
  of,
};

function of(parameters: Values<'mean' | 'cholesky'>): Distribution<'mean' | 'cholesky'> {
  const { mean, cholesky } = parameters;
  return {
    parameters,
    logProb(z) {
      const { solved, diagonal } = forwardSubstitution(cholesky, tf.sub(z, mean));
      const squares = tf.mul(tf.sum(tf.add(tf.square(solved), LOG_2_PI), -1), -0.5);
      return tf.sub(squares, tf.sum(tf.log(diagonal), -1));
    },
    sample({ normal }) {
      const [x] = pieces(normal, NOISE.normal);
      return tf.add(mean, tf.sum(tf.mul(cholesky, tf.expandDims(x, -2)), -1));
    },
    mean: () => mean,
    standardDeviation: () => tf.sqrt(tf.sum(tf.square(cholesky), -1)),
    center: () => mean,
  };
}

/** The matrix with this diagonal [..., size] and these rows left of it, the i-th [..., i + 1] below the first. */
function lowerTriangle(diagonal: Tensor, left: readonly Tensor[], size: number): Tensor {
  const rows = tf.split(diagonal, size, -1).map((corner, i) => {
    const before = left[i - 1];
    const row = before ? tf.concat([before, corner], -1) : corner;
    const whole = tf.pad(row, [...leading(row), [0, size - i - 1]]);
    return tf.expandDims(whole, -2);
  });
  return tf.concat(rows, -2);
}

function leading(x: Tensor): [number, number][] {
  return x.shape.slice(1).map(() => [0, 0]);
}

/** y with L y = r, dimension by dimension; and the diagonal of L. Both [..., size]. */
export function forwardSubstitution(
  cholesky: Tensor,
  residual: Tensor,
): { readonly solved: Tensor; readonly diagonal: Tensor } {
  const size = residual.shape.at(-1) ?? 0;
  const columns = tf.split(cholesky, size, -1).map((column): Tensor => tf.squeeze(column, [-1]));
  const diagonal = columns.map((column, j) => element(column, j));
  const solved: Tensor[] = [];
  let rest = residual;
  columns.forEach((column, j) => {
    const own = tf.div(element(rest, j), diagonal[j] ?? column);
    solved.push(own);
    rest = tf.sub(rest, tf.mul(column, own));
  });
  return { solved: tf.concat(solved, -1), diagonal: tf.concat(diagonal, -1) };
}

/** x[..., j] with its axis kept: [..., 1]. */
function element(x: Tensor, j: number): Tensor {
  const begin = x.shape.map((_, axis) => (axis === x.shape.length - 1 ? j : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((extent, axis) => (axis === x.shape.length - 1 ? 1 : extent)),
  );
}

/** Each dimension is a Gaussian. */
export const fullGaussianMarginals = (distribution: Distribution): Distribution =>
  gaussian.of({
    mean: distribution.mean(),
    log_variance: tf.mul(tf.log(distribution.standardDeviation()), 2),
  });
