import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ParametersOf } from '../families/families.ts';
import { digamma, lgamma, logBeta } from '../special-functions.ts';

/** KL(q || p) of Beta for each element, and of families of vectors: [...]. */

/** log B(p) - log B(q) + (a_q - a_p) psi(a_q) + (b_q - b_p) psi(b_q) + (a_p - a_q + b_p - b_q) psi(a_q + b_q). */
export function betaBeta(q: ParametersOf<'beta'>, p: ParametersOf<'beta'>): Tensor {
  const [a, b] = [tf.sub(q.alpha, p.alpha), tf.sub(q.beta, p.beta)];
  const psi = digamma(tf.add(q.alpha, q.beta));
  const terms = tf.add(tf.mul(a, tf.sub(digamma(q.alpha), psi)), tf.mul(b, tf.sub(digamma(q.beta), psi)));
  return tf.add(tf.sub(logBeta(p.alpha, p.beta), logBeta(q.alpha, q.beta)), terms);
}

/** lgamma(Q) - lgamma(P) + sum_j (lgamma(p_j) - lgamma(q_j) + (q_j - p_j) (psi(q_j) - psi(Q))), Q and P the sums. */
export function dirichletDirichlet(q: ParametersOf<'dirichlet'>, p: ParametersOf<'dirichlet'>): Tensor {
  const [a, b] = [q.concentration, p.concentration];
  const total = tf.sum(a, -1, true);
  const linear = tf.mul(tf.sub(a, b), tf.sub(digamma(a), digamma(total)));
  const terms = tf.sum(tf.add(tf.sub(lgamma(b), lgamma(a)), linear), -1);
  return tf.add(tf.sub(lgamma(tf.sum(a, -1)), lgamma(tf.sum(b, -1))), terms);
}

/** 1/2 sum_j (((L L^T)_jj + (m_j - mean_j)^2) / s_j^2 - 1 + log s_j^2) - sum_j log L_jj, s_j^2 the variances of p. */
export function fullGaussianGaussian(q: ParametersOf<'full_gaussian'>, p: ParametersOf<'gaussian'>): Tensor {
  const size = q.cholesky.shape.at(-1) ?? 0;
  const variance = tf.sum(tf.square(q.cholesky), -1);
  const squares = tf.add(variance, tf.square(tf.sub(q.mean, p.mean)));
  const scaled = tf.add(tf.mul(squares, tf.exp(tf.neg(p.log_variance))), tf.sub(p.log_variance, 1));
  const diagonal = tf.sum(tf.mul(q.cholesky, tf.eye(size)), -1);
  return tf.sub(tf.mul(tf.sum(scaled, -1), 0.5), tf.sum(tf.log(diagonal), -1));
}
