import * as tf from '@tensorflow/tfjs';
import { positiveFromLog } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import { GAMMA_NOISE, logGamma } from '../gamma-transform.ts';
import { lgamma } from '../special-functions.ts';
import { logGammaQuantile } from '../quantiles/incomplete.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/** Gamma: log p = a log r + (a - 1) log z - r z - lgamma(a); log z = {@link logGamma} - log r (composition). */
export const gamma = elementwise({
  noise: GAMMA_NOISE,
  parameters: { shape: 'positive', rate: 'positive' },
  logProb({ shape, rate }, z) {
    const powers = tf.add(tf.mul(shape, tf.log(rate)), tf.mul(tf.sub(shape, 1), tf.log(z)));
    return tf.sub(tf.sub(powers, tf.mul(rate, z)), lgamma(shape));
  },
  sample: ({ shape, rate }, { normal: [x], uniform }) =>
    positiveFromLog(tf.sub(logGamma(shape, x, uniform), tf.log(rate))),
  mean: ({ shape, rate }) => tf.div(shape, rate),
  standardDeviation: ({ shape, rate }) => tf.div(tf.sqrt(shape), rate),
});

export const gammaQuantile: QuantileOf<'gamma'> =
  ({ shape, rate }) =>
  (p) =>
    Math.exp(logGammaQuantile(shape, p)) / rate;
