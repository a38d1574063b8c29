import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Values } from '../distribution.ts';
import { elementwise } from '../elementwise.ts';
import { standardExponentialQuantile, type QuantileOf } from '../quantiles/quantile.ts';

/** Gompertz: log p = log c - log s + y - c (e^y - 1), y = z / s; z = s log(1 - log(u) / c) (inverse CDF). */
export const gompertz = elementwise({
  noise: { normal: 0, uniform: 1 },
  parameters: { shape: 'positive', scale: 'positive' },
  logProb({ shape, scale }, z) {
    const y = tf.div(z, scale);
    const exponent = tf.sub(y, tf.mul(shape, tf.expm1(y)));
    return tf.add(tf.sub(tf.log(shape), tf.log(scale)), exponent);
  },
  sample: ({ shape, scale }, { uniform: [u] }) => tf.mul(scale, tf.log1p(tf.div(tf.neg(tf.log(u)), shape))),
  mean: (parameters) => tf.mul(parameters.scale, moment(parameters, 1)),
  standardDeviation(parameters) {
    const variance = tf.sub(moment(parameters, 2), tf.square(moment(parameters, 1)));
    return tf.mul(parameters.scale, tf.sqrt(variance));
  },
});

const SPACING = 0.5;
const NODES = Array.from({ length: 44 }, (_, i) => -18 + SPACING * i);

/**
 * E[(z / s)^power] = integral of log(1 + e^t / c)^power e^(t - e^t) dt, as z = s log(1 + x / c) with x = e^t exponential:
 * by the trapezoid rule, whose error for such an integrand is near e^(-pi^2 / spacing).
 */
function moment({ shape }: Values<'shape'>, power: 1 | 2): Tensor {
  const weights = tf.tensor1d(NODES.map((t) => SPACING * Math.exp(t - Math.exp(t))));
  const draws = tf.tensor1d(NODES.map(Math.exp));
  const values = tf.log1p(tf.div(draws, tf.expandDims(shape, -1)));
  return tf.sum(tf.mul(power === 1 ? values : tf.square(values), weights), -1);
}

export const gompertzQuantile: QuantileOf<'gompertz'> =
  ({ shape, scale }) =>
  (p) =>
    scale * Math.log1p(standardExponentialQuantile(p) / shape);
