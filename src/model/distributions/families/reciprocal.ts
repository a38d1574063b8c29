import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { positiveFromLog, whereAtLeast } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';

/** How far outside rounding may put a draw, in log z. */
const ROUNDING = 2 ** -20;

/** Reciprocal on [a, a r], log z uniform: log p = -log z - log log r; z = a r^u (inverse CDF). */
export const reciprocal = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { low: 'positive', ratio: 'above_one' },
  logProb({ low, ratio }, z) {
    const [logZ, logLow, width] = [tf.log(z), tf.log(low), tf.log(ratio)];
    const half = tf.mul(width, 0.5);
    const outside = tf.sub(tf.abs(tf.sub(tf.sub(logZ, logLow), half)), half);
    const slack = tf.mul(tf.add(tf.add(tf.abs(logLow), width), 1), ROUNDING);
    return whereAtLeast(slack, outside, tf.neg(tf.add(logZ, tf.log(width))), -Infinity);
  },
  sample: ({ low, ratio }, { uniform: [u] }) =>
    positiveFromLog(tf.add(tf.log(low), tf.mul(tf.log(ratio), u))),
  mean: ({ low, ratio }) => tf.mul(low, tf.div(tf.sub(ratio, 1), tf.log(ratio))),
  standardDeviation({ low, ratio }) {
    const mean = tf.mul(low, tf.div(tf.sub(ratio, 1), tf.log(ratio)));
    return tf.mul(mean, tf.sqrt(relativeVariance(tf.mul(tf.log(ratio), 0.5))));
  },
});

/** variance / mean^2 = x coth x - 1 with x = log(r) / 2; below 0.1 by its series x^2 / 3 - x^4 / 45. */
function relativeVariance(x: Tensor): Tensor {
  const square = tf.square(x);
  const series = tf.mul(square, tf.sub(1 / 3, tf.mul(square, 1 / 45)));
  return tf.where(tf.greaterEqual(x, 0.1), tf.sub(tf.div(x, tf.tanh(x)), 1), series);
}
