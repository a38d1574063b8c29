import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

const SMALLEST = 1e-4;
const LARGEST_LOG = 80;
const BELOW_ONE = 1 - 2 ** -24;

const softplusAbove = (bound: number) => (output: Tensor) => tf.add(tf.softplus(output), bound + SMALLEST);

/** The range of a parameter, and the map from real numbers to it: softplus, kept 1e-4 away from the bound. */
export const CONSTRAINTS = {
  real: (output: Tensor): Tensor => output,
  positive: softplusAbove(0),
  above_one: softplusAbove(1),
  above_two: softplusAbove(2),
} as const;
export type Constraint = keyof typeof CONSTRAINTS;

/** exp(log z), kept within [e^-80, e^80]: neither it nor its reciprocal overflows or vanishes in float32. */
export function positiveFromLog(logZ: Tensor): Tensor {
  return tf.exp(tf.clipByValue(logZ, -LARGEST_LOG, LARGEST_LOG));
}

/** exp(log z) for log z <= 0, kept within [e^-80, 1 - 2^-24]. */
export function unitFromLog(logZ: Tensor): Tensor {
  return tf.minimum(tf.exp(tf.maximum(logZ, -LARGEST_LOG)), BELOW_ONE);
}

/**
 * `value` where x >= bound, `otherwise` (-Infinity, ...) elsewhere. Of the comparisons TensorFlow.js lets gradients past
 * this one only.
 */
export function whereAtLeast(x: Tensor, bound: Tensor, value: Tensor, otherwise: number): Tensor {
  return tf.where(tf.greaterEqual(x, bound), value, tf.scalar(otherwise));
}

/** `value` where x > bound, `otherwise` (NaN, Infinity) elsewhere. */
export function whereAbove(x: Tensor, bound: number, value: Tensor, otherwise: number): Tensor {
  return tf.where(tf.greaterEqual(tf.scalar(bound), x), tf.scalar(otherwise), value);
}
