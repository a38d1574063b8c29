import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/** Cauchy: log p = -log(pi s) - log(1 + y^2), y = (z - m) / s; z = m + s tan(pi (u - 1/2)) (inverse CDF). */
export const cauchy = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { location: 'real', scale: 'positive' },
  logProb({ location, scale }, z) {
    const y = tf.div(tf.sub(z, location), scale);
    return tf.neg(tf.add(tf.log1p(tf.square(y)), tf.log(tf.mul(scale, Math.PI))));
  },
  sample: ({ location, scale }, { uniform: [u] }) => tf.add(location, tf.mul(scale, standard(u))),
  mean: ({ location }) => tf.mul(location, NaN),
  standardDeviation: ({ scale }) => tf.mul(scale, NaN),
  center: ({ location }) => location,
});

/** tan(pi (u - 1/2)) = sign(u - 1/2) cot(pi min(u, 1 - u)), which keeps its digits at both poles. */
function standard(u: Tensor): Tensor {
  const angle = tf.mul(tf.minimum(u, tf.sub(1, u)), Math.PI);
  const size = tf.div(tf.cos(angle), tf.sin(angle));
  return tf.where(tf.less(u, 0.5), tf.neg(size), size);
}

export const cauchyQuantile: QuantileOf<'cauchy'> =
  ({ location, scale }) =>
  (p) =>
    location + scale * Math.tan(Math.PI * (p - 0.5));
