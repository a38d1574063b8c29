import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.ts';
import { standardExponentialQuantile, type QuantileOf } from '../quantiles/quantile.ts';

/** Rayleigh: log p = log z - 2 log s - z^2 / (2 s^2); z = s sqrt(-2 log u) (inverse CDF). */
export const rayleigh = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { scale: 'positive' },
  logProb({ scale }, z) {
    const squares = tf.mul(tf.square(tf.div(z, scale)), 0.5);
    return tf.sub(tf.sub(tf.log(z), tf.mul(tf.log(scale), 2)), squares);
  },
  sample: ({ scale }, { uniform: [u] }) => tf.mul(scale, tf.sqrt(tf.mul(tf.log(u), -2))),
  mean: ({ scale }) => tf.mul(scale, Math.sqrt(Math.PI / 2)),
  standardDeviation: ({ scale }) => tf.mul(scale, Math.sqrt(2 - Math.PI / 2)),
});

export const rayleighQuantile: QuantileOf<'rayleigh'> =
  ({ scale }) =>
  (p) =>
    scale * Math.sqrt(2 * standardExponentialQuantile(p));
