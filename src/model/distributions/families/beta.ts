import * as tf from '@tensorflow/tfjs';
import { unitFromLog } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import { logGamma, TWO_GAMMAS } from '../gamma-transform.ts';
import { logBeta } from '../special-functions.ts';
import { logitBetaQuantile } from '../quantiles/incomplete.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/**
 * Beta: log p = (a - 1) log z + (b - 1) log(1 - z) - log B(a, b); z = g / (g + h) with g ~ Gamma(a), h ~ Gamma(b)
 * (composition), in logarithms: log z = -log(1 + h / g).
 */
export const beta = elementwise({
  noise: TWO_GAMMAS,
  parameters: { alpha: 'positive', beta: 'positive' },
  logProb({ alpha, beta: b }, z) {
    const powers = tf.add(tf.mul(tf.sub(alpha, 1), tf.log(z)), tf.mul(tf.sub(b, 1), tf.log1p(tf.neg(z))));
    return tf.sub(powers, logBeta(alpha, b));
  },
  sample({ alpha, beta: b }, { normal: [x1, x2], uniform: [u1, u2, u3, u4, ...others] }) {
    const logRatio = tf.sub(logGamma(b, x2, others), logGamma(alpha, x1, [u1, u2, u3, u4]));
    return unitFromLog(tf.neg(tf.softplus(logRatio)));
  },
  mean: ({ alpha, beta: b }) => tf.div(alpha, tf.add(alpha, b)),
  standardDeviation({ alpha, beta: b }) {
    const total = tf.add(alpha, b);
    return tf.div(tf.sqrt(tf.div(tf.mul(alpha, b), tf.add(total, 1))), total);
  },
});

export const betaQuantile: QuantileOf<'beta'> =
  ({ alpha, beta: b }) =>
  (p) =>
    1 / (1 + Math.exp(-logitBetaQuantile(alpha, b, p)));
