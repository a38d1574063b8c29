import * as tf from '@tensorflow/tfjs';
import { whereAtLeast } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';

/** How far outside rounding may put a draw, in units of |a| + w. */
const ROUNDING = 2 ** -20;

/** Uniform on [a, a + w], a its low end and w its width: log p = -log w; z = a + w u (location-scale). */
export const uniform = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { low: 'real', width: 'positive' },
  logProb({ low, width }, z) {
    const half = tf.mul(width, 0.5);
    const outside = tf.sub(tf.abs(tf.sub(tf.sub(z, low), half)), half);
    const slack = tf.mul(tf.add(tf.abs(low), width), ROUNDING);
    return whereAtLeast(slack, outside, tf.neg(tf.log(width)), -Infinity);
  },
  sample: ({ low, width }, { uniform: [u] }) => tf.add(low, tf.mul(width, u)),
  mean: ({ low, width }) => tf.add(low, tf.mul(width, 0.5)),
  standardDeviation: ({ width }) => tf.mul(width, 1 / Math.sqrt(12)),
});
