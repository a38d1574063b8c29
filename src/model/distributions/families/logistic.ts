import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/** Logistic: log p = -y - 2 log(1 + e^-y) - log s, y = (z - m) / s; z = m + s log(u / (1 - u)) (inverse CDF). */
export const logistic = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { location: 'real', scale: 'positive' },
  logProb({ location, scale }, z) {
    const y = tf.div(tf.sub(z, location), scale);
    return tf.neg(tf.add(tf.add(y, tf.mul(tf.softplus(tf.neg(y)), 2)), tf.log(scale)));
  },
  sample: ({ location, scale }, { uniform: [u] }) =>
    tf.add(location, tf.mul(scale, tf.sub(tf.log(u), tf.log(tf.sub(1, u))))),
  mean: ({ location }) => location,
  standardDeviation: ({ scale }) => tf.mul(scale, Math.PI / Math.sqrt(3)),
});

export const logisticQuantile: QuantileOf<'logistic'> =
  ({ location, scale }) =>
  (p) =>
    location + scale * Math.log(p / (1 - p));
