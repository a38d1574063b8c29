import * as tf from '@tensorflow/tfjs';
import { positiveFromLog } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import { LOG_2_PI } from '../special-functions.ts';
import { normalQuantile } from '../quantiles/normal.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/**
 * Log-normal, log z ~ N(m, s^2): log p = -log z - log s - (log 2 pi + y^2) / 2, y = (log z - m) / s; z = e^(m + s x)
 * (composition). Center: the median e^m.
 */
export const logNormal = elementwise({
  noise: { normal: 1, uniform: 0 },
  parameters: { location: 'real', scale: 'positive' },
  logProb({ location, scale }, z) {
    const logZ = tf.log(z);
    const squares = tf.square(tf.div(tf.sub(logZ, location), scale));
    return tf.neg(tf.add(tf.add(logZ, tf.log(scale)), tf.mul(tf.add(squares, LOG_2_PI), 0.5)));
  },
  sample: ({ location, scale }, { normal: [x] }) => positiveFromLog(tf.add(location, tf.mul(scale, x))),
  mean: ({ location, scale }) => tf.exp(tf.add(location, tf.mul(tf.square(scale), 0.5))),
  standardDeviation({ location, scale }) {
    const variance = tf.square(scale);
    return tf.mul(tf.exp(tf.add(location, tf.mul(variance, 0.5))), tf.sqrt(tf.expm1(variance)));
  },
  center: ({ location }) => positiveFromLog(location),
});

export const logNormalQuantile: QuantileOf<'log_normal'> =
  ({ location, scale }) =>
  (p) =>
    Math.exp(location + scale * normalQuantile(p));
