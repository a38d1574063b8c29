import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

const LOG_2_PI = Math.log(2 * Math.PI);

/** N(mean, diag(exp(logVariance))) over the last axis; both [..., size] (or broadcastable to it). */
export interface DiagonalGaussian {
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

/** log N(x) = -1/2 sum_j (log 2 pi + log s_j^2 + (x_j - m_j)^2 / s_j^2), [...]. */
export function logProb(distribution: DiagonalGaussian, x: Tensor): Tensor {
  return tf.mul(tf.sum(minusTwiceLogProb(distribution, x), -1), -0.5);
}

/** The terms of {@link logProb}, [..., size]. */
export function logProbByElement(distribution: DiagonalGaussian, x: Tensor): Tensor {
  return tf.mul(minusTwiceLogProb(distribution, x), -0.5);
}

function minusTwiceLogProb({ mean, logVariance }: DiagonalGaussian, x: Tensor): Tensor {
  const squares = tf.mul(tf.square(tf.sub(x, mean)), tf.exp(tf.neg(logVariance)));
  return tf.add(tf.add(squares, logVariance), LOG_2_PI);
}

/** Reparameterized: mean + exp(logVariance / 2) * noise, noise standard normal (section 2.4, location-scale). */
export function reparameterize({ mean, logVariance }: DiagonalGaussian, noise: Tensor): Tensor {
  return tf.add(mean, tf.mul(standardDeviation(logVariance), noise));
}

export function standardDeviation(logVariance: Tensor): Tensor {
  return tf.exp(tf.mul(logVariance, 0.5));
}

/** log N(z; 0, I), [...]. */
export function standardNormalLogProb(z: Tensor): Tensor {
  return tf.mul(tf.sum(tf.add(tf.square(z), LOG_2_PI), -1), -0.5);
}

/** KL(q || N(0, I)) = -1/2 sum_j (1 + log s_j^2 - m_j^2 - s_j^2) (appendix B), [...]. */
export function klFromStandardNormal({ mean, logVariance }: DiagonalGaussian): Tensor {
  const terms = tf.sub(tf.sub(tf.add(logVariance, 1), tf.square(mean)), tf.exp(logVariance));
  return tf.mul(tf.sum(terms, -1), -0.5);
}
