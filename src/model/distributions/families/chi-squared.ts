import * as tf from '@tensorflow/tfjs';
import { positiveFromLog } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import { GAMMA_NOISE, logGamma } from '../gamma-transform.ts';
import { lgamma } from '../special-functions.ts';
import { logGammaQuantile } from '../quantiles/incomplete.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/** Chi-squared: log p = (v/2 - 1) log z - z/2 - (v/2) log 2 - lgamma(v/2); z = 2 Gamma(v/2) (composition). */
export const chiSquared = elementwise({
  noise: GAMMA_NOISE,
  parameters: { degrees_of_freedom: 'positive' },
  logProb({ degrees_of_freedom: v }, z) {
    const half = tf.mul(v, 0.5);
    const powers = tf.sub(tf.mul(tf.sub(half, 1), tf.log(z)), tf.mul(z, 0.5));
    return tf.sub(powers, tf.add(tf.mul(half, Math.LN2), lgamma(half)));
  },
  sample: ({ degrees_of_freedom: v }, { normal: [x], uniform }) =>
    positiveFromLog(tf.add(logGamma(tf.mul(v, 0.5), x, uniform), Math.LN2)),
  mean: ({ degrees_of_freedom: v }) => v,
  standardDeviation: ({ degrees_of_freedom: v }) => tf.sqrt(tf.mul(v, 2)),
});

export const chiSquaredQuantile: QuantileOf<'chi_squared'> =
  ({ degrees_of_freedom: v }) =>
  (p) =>
    2 * Math.exp(logGammaQuantile(v / 2, p));
