import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { DistributionFamily } from '../distribution.ts';
import { elementwise } from '../elementwise.ts';
import type { HyperparametersOf } from '../../specification/latent.ts';
import { logGammaQuantile } from '../quantiles/incomplete.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/**
 * Erlang of a whole shape k: log p = k log r + (k - 1) log z - r z - log (k - 1)!; z = -sum_{i<k} log(u_i) / r, the time
 * until the k-th event.
 */
export function erlang({ shape }: HyperparametersOf<'erlang'>): DistributionFamily<'rate', 'rate' | 'shape'> {
  const logFactorial = Array.from({ length: shape - 1 }, (_, i) => Math.log(i + 1)).reduce(
    (a, b) => a + b,
    0,
  );
  return elementwise({
    noise: { normal: 0, uniform: shape },
    parameters: { rate: 'positive' },
    fixed: { shape },
    logProb({ rate }, z) {
      const powers = tf.add(tf.mul(tf.log(rate), shape), tf.mul(tf.log(z), shape - 1));
      return tf.sub(tf.sub(powers, tf.mul(rate, z)), logFactorial);
    },
    sample({ rate }, { uniform }) {
      const logs = uniform.map((u): Tensor => tf.log(u));
      return tf.div(tf.neg(logs.reduce((sum, log) => tf.add(sum, log))), rate);
    },
    mean: ({ rate }) => tf.div(shape, rate),
    standardDeviation: ({ rate }) => tf.div(Math.sqrt(shape), rate),
  });
}

export const erlangQuantile: QuantileOf<'erlang'> =
  ({ shape, rate }) =>
  (p) =>
    Math.exp(logGammaQuantile(shape, p)) / rate;
