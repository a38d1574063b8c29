import * as tf from '@tensorflow/tfjs';
import { positiveFromLog } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import { lgamma } from '../special-functions.ts';
import { standardExponentialQuantile, type QuantileOf } from '../quantiles/quantile.ts';

/**
 * Weibull: log p = log k - log s + (k - 1) y - e^(k y), y = log(z / s); z = s (-log u)^(1/k) (inverse CDF).
 * Center: the median, as the mean s Gamma(1 + 1/k) overflows for small k.
 */
export const weibull = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { scale: 'positive', shape: 'positive' },
  logProb({ scale, shape }, z) {
    const y = tf.sub(tf.log(z), tf.log(scale));
    const powers = tf.sub(tf.mul(tf.sub(shape, 1), y), tf.exp(tf.mul(shape, y)));
    return tf.add(tf.sub(tf.log(shape), tf.log(scale)), powers);
  },
  sample: ({ scale, shape }, { uniform: [u] }) =>
    positiveFromLog(tf.add(tf.log(scale), tf.div(tf.log(tf.neg(tf.log(u))), shape))),
  mean: ({ scale, shape }) => tf.mul(scale, tf.exp(lgamma(tf.add(tf.reciprocal(shape), 1)))),
  standardDeviation({ scale, shape }) {
    const logMean = lgamma(tf.add(tf.reciprocal(shape), 1));
    const logRatio = tf.sub(lgamma(tf.add(tf.div(2, shape), 1)), tf.mul(logMean, 2));
    return tf.mul(tf.mul(scale, tf.exp(logMean)), tf.sqrt(tf.expm1(logRatio)));
  },
  center: ({ scale, shape }) => positiveFromLog(tf.add(tf.log(scale), tf.div(Math.log(Math.LN2), shape))),
});

export const weibullQuantile: QuantileOf<'weibull'> =
  ({ scale, shape }) =>
  (p) =>
    scale * standardExponentialQuantile(p) ** (1 / shape);
