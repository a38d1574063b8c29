import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.ts';
import { EULER } from '../special-functions.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/** Gumbel (maxima): log p = -y - e^-y - log s, y = (z - m) / s; z = m - s log(-log u) (inverse CDF). */
export const gumbel = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { location: 'real', scale: 'positive' },
  logProb({ location, scale }, z) {
    const y = tf.div(tf.sub(z, location), scale);
    return tf.neg(tf.add(tf.add(y, tf.exp(tf.neg(y))), tf.log(scale)));
  },
  sample: ({ location, scale }, { uniform: [u] }) =>
    tf.sub(location, tf.mul(scale, tf.log(tf.neg(tf.log(u))))),
  mean: ({ location, scale }) => tf.add(location, tf.mul(scale, EULER)),
  standardDeviation: ({ scale }) => tf.mul(scale, Math.PI / Math.sqrt(6)),
});

export const gumbelQuantile: QuantileOf<'gumbel'> =
  ({ location, scale }) =>
  (p) =>
    location - scale * Math.log(-Math.log(p));
