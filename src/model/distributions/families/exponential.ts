import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.ts';
import { standardExponentialQuantile, type QuantileOf } from '../quantiles/quantile.ts';

/** Exponential: log p = log r - r z; z = -log(u) / r (inverse CDF). */
export const exponential = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { rate: 'positive' },
  logProb: ({ rate }, z) => tf.sub(tf.log(rate), tf.mul(rate, z)),
  sample: ({ rate }, { uniform: [u] }) => tf.div(tf.neg(tf.log(u)), rate),
  mean: ({ rate }) => tf.reciprocal(rate),
  standardDeviation: ({ rate }) => tf.reciprocal(rate),
});

export const exponentialQuantile: QuantileOf<'exponential'> =
  ({ rate }) =>
  (p) =>
    standardExponentialQuantile(p) / rate;
