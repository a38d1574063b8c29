import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/** Laplace: log p = -|z - m| / s - log(2 s); z = m + s y, y the standard Laplace number of u (location-scale). */
export const laplace = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { location: 'real', scale: 'positive' },
  logProb: ({ location, scale }, z) =>
    tf.neg(tf.add(tf.div(tf.abs(tf.sub(z, location)), scale), tf.log(tf.mul(scale, 2)))),
  sample: ({ location, scale }, { uniform: [u] }) => tf.add(location, tf.mul(scale, standard(u))),
  mean: ({ location }) => location,
  standardDeviation: ({ scale }) => tf.mul(scale, Math.SQRT2),
});

/** log(2 u) below the median, -log(2 (1 - u)) above. */
function standard(u: Tensor): Tensor {
  const log = tf.log(tf.mul(tf.minimum(u, tf.sub(1, u)), 2));
  return tf.where(tf.less(u, 0.5), log, tf.neg(log));
}

export const laplaceQuantile: QuantileOf<'laplace'> =
  ({ location, scale }) =>
  (p) =>
    location + scale * (p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p)));
