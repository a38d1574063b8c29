import * as tf from '@tensorflow/tfjs';
import { positiveFromLog, whereAtLeast, whereAbove } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';

/** How far below the scale rounding may put a draw, in log z. */
const ROUNDING = 2 ** -20;

/** Pareto on [s, oo): log p = log a - log s - (a + 1) log(z / s); z = s u^(-1/a) (inverse CDF). Center: the median. */
export const pareto = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { scale: 'positive', shape: 'positive' },
  logProb({ scale, shape }, z) {
    const logScale = tf.log(scale);
    const above = tf.sub(tf.log(z), logScale);
    const density = tf.sub(tf.sub(tf.log(shape), logScale), tf.mul(tf.add(shape, 1), above));
    const slack = tf.mul(tf.add(tf.abs(logScale), 1), -ROUNDING);
    return whereAtLeast(above, slack, density, -Infinity);
  },
  sample: ({ scale, shape }, { uniform: [u] }) =>
    positiveFromLog(tf.sub(tf.log(scale), tf.div(tf.log(u), shape))),
  mean: ({ scale, shape }) => whereAbove(shape, 1, tf.div(tf.mul(scale, shape), tf.sub(shape, 1)), NaN),
  standardDeviation({ scale, shape }) {
    const ratio = tf.sqrt(tf.div(shape, tf.sub(shape, 2)));
    return whereAbove(shape, 2, tf.div(tf.mul(scale, ratio), tf.sub(shape, 1)), NaN);
  },
  center: ({ scale, shape }) => positiveFromLog(tf.add(tf.log(scale), tf.div(Math.LN2, shape))),
});
