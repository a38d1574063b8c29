import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { whereAbove } from '../constraints.ts';
import type { ParametersOf } from '../families/families.ts';
import { digamma, EULER, LOG_2_PI, lgamma, logBeta } from '../special-functions.ts';
import type { PosteriorsWithKl } from '../../specification/families/families.ts';

/** KL(q || p) of families on the real line, for each element; m and s are a location and a scale. */

type Gaussian = ParametersOf<'gaussian'>;
type Laplace = ParametersOf<'laplace'>;

/** -1/2 (1 + log s_q^2 - log s_p^2 - (s_q^2 + (m_q - m_p)^2) / s_p^2). */
export function gaussianGaussian(q: Gaussian, p: Gaussian): Tensor {
  const squares = tf.add(tf.exp(q.log_variance), tf.square(tf.sub(q.mean, p.mean)));
  const logRatio = tf.sub(q.log_variance, p.log_variance);
  const distance = tf.mul(squares, tf.exp(tf.neg(p.log_variance)));
  return tf.mul(tf.sub(tf.add(logRatio, 1), distance), -0.5);
}

/** log(s_p / s_q) + d / s_p + (s_q / s_p) e^(-d / s_q) - 1, d = |m_q - m_p|. */
export function laplaceLaplace(q: Laplace, p: Laplace): Tensor {
  const distance = tf.abs(tf.sub(q.location, p.location));
  const overlap = tf.mul(q.scale, tf.exp(tf.neg(tf.div(distance, q.scale))));
  const linear = tf.div(tf.add(distance, overlap), p.scale);
  return tf.add(tf.sub(tf.log(p.scale), tf.log(q.scale)), tf.sub(linear, 1));
}

/** log 2 s_p - log(2 pi e s_q^2) / 2 + E|z - m_p| / s_p, the mean of a folded normal distribution. */
export function gaussianLaplace(q: Gaussian, p: Laplace): Tensor {
  const deviation = tf.exp(tf.mul(q.log_variance, 0.5));
  const y = tf.div(tf.sub(q.mean, p.location), tf.mul(deviation, Math.SQRT2));
  const folded = tf.add(tf.mul(tf.exp(tf.neg(tf.square(y))), 1 / Math.sqrt(Math.PI)), tf.mul(y, tf.erf(y)));
  const distance = tf.div(tf.mul(tf.mul(deviation, Math.SQRT2), folded), p.scale);
  const logs = tf.sub(tf.log(p.scale), tf.mul(q.log_variance, 0.5));
  return tf.add(tf.add(logs, distance), Math.LN2 - (LOG_2_PI + 1) / 2);
}

/** log(((s_q + s_p)^2 + (m_q - m_p)^2) / (4 s_q s_p)) (Chyzak and Nielsen 2019). */
export function cauchyCauchy(q: ParametersOf<'cauchy'>, p: ParametersOf<'cauchy'>): Tensor {
  const [width, distance] = [tf.add(q.scale, p.scale), tf.sub(q.location, p.location)];
  const logs = tf.add(tf.log(tf.mul(q.scale, 2)), tf.log(tf.mul(p.scale, 2)));
  return tf.sub(tf.log(tf.add(tf.square(width), tf.square(distance))), logs);
}

/** log(s_p / s_q) + gamma (r - 1) + d + e^-d Gamma(1 + r) - 1, r = s_q / s_p, d = (m_q - m_p) / s_p. */
export function gumbelGumbel(q: ParametersOf<'gumbel'>, p: ParametersOf<'gumbel'>): Tensor {
  const ratio = tf.div(q.scale, p.scale);
  const distance = tf.div(tf.sub(q.location, p.location), p.scale);
  const tail = tf.exp(tf.sub(lgamma(tf.add(ratio, 1)), distance));
  const linear = tf.add(tf.mul(tf.sub(ratio, 1), EULER), distance);
  return tf.add(tf.sub(tf.log(p.scale), tf.log(q.scale)), tf.sub(tf.add(linear, tail), 1));
}

/** log s_p - log(2 pi e s_q^2) / 2 + d + e^(-d + s_q^2 / (2 s_p^2)), d = (m_q - m_p) / s_p. */
export function gaussianGumbel(q: Gaussian, p: ParametersOf<'gumbel'>): Tensor {
  const distance = tf.div(tf.sub(q.mean, p.location), p.scale);
  const spread = tf.mul(tf.div(tf.exp(q.log_variance), tf.square(p.scale)), 0.5);
  const tail = tf.exp(tf.sub(spread, distance));
  const logs = tf.sub(tf.log(p.scale), tf.mul(q.log_variance, 0.5));
  return tf.add(tf.add(logs, tf.add(distance, tail)), -(LOG_2_PI + 1) / 2);
}

export interface EntropyAndMoments {
  readonly entropy: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** -H(q) + (log 2 pi s_p^2 + (variance_q + (mean_q - mean_p)^2) / s_p^2) / 2. */
export function fromGaussian({ entropy, mean, variance }: EntropyAndMoments, p: Gaussian): Tensor {
  const squares = tf.add(variance, tf.square(tf.sub(mean, p.mean)));
  const cross = tf.add(tf.add(p.log_variance, LOG_2_PI), tf.mul(squares, tf.exp(tf.neg(p.log_variance))));
  return tf.sub(tf.mul(cross, 0.5), entropy);
}

type Located = Exclude<PosteriorsWithKl<'gaussian'>, 'gaussian' | 'full_gaussian'>;
type LocatedMoments = { readonly [Name in Located]: (q: ParametersOf<Name>) => EntropyAndMoments };

export const MOMENTS: LocatedMoments = {
  laplace: ({ location, scale }) => ({
    entropy: tf.add(tf.log(scale), 1 + Math.LN2),
    mean: location,
    variance: tf.mul(tf.square(scale), 2),
  }),
  logistic: ({ location, scale }) => ({
    entropy: tf.add(tf.log(scale), 2),
    mean: location,
    variance: tf.mul(tf.square(scale), Math.PI ** 2 / 3),
  }),
  gumbel: ({ location, scale }) => ({
    entropy: tf.add(tf.log(scale), EULER + 1),
    mean: tf.add(location, tf.mul(scale, EULER)),
    variance: tf.mul(tf.square(scale), Math.PI ** 2 / 6),
  }),
  /** H = (v+1)/2 (psi((v+1)/2) - psi(v/2)) + log(s sqrt(v) B(v/2, 1/2)); the divergence is infinite for v <= 2. */
  student_t: ({ location, scale, degrees_of_freedom: v }) => {
    const [half, above] = [tf.mul(v, 0.5), tf.mul(tf.add(v, 1), 0.5)];
    const power = tf.mul(above, tf.sub(digamma(above), digamma(half)));
    const normalizer = tf.add(tf.mul(tf.log(v), 0.5), logBeta(half, tf.scalar(0.5)));
    const ratio = whereAbove(v, 2, tf.div(v, tf.sub(v, 2)), Infinity);
    return {
      entropy: tf.add(tf.add(power, normalizer), tf.log(scale)),
      mean: location,
      variance: tf.mul(tf.square(scale), ratio),
    };
  },
  uniform: ({ low, width }) => ({
    entropy: tf.log(width),
    mean: tf.add(low, tf.mul(width, 0.5)),
    variance: tf.mul(tf.square(width), 1 / 12),
  }),
  triangular: ({ location, scale, peak }) => ({
    entropy: tf.add(tf.log(scale), 0.5 - Math.LN2),
    mean: tf.add(location, tf.mul(scale, tf.div(tf.add(peak, 1), 3))),
    variance: tf.mul(tf.square(scale), tf.div(tf.add(tf.sub(tf.square(peak), peak), 1), 18)),
  }),
};
