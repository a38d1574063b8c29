import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { lgamma } from '../special-functions.ts';
import { asStored, LEAST_SHARE, type LikelihoodFamily } from './likelihood.ts';

/** Counts with log rates r: log p = sum_i x_i r_i - e^r_i - log x_i!. */
export const poisson = (): LikelihoodFamily => ({
  ...asStored,
  outputSize: (dataSize) => dataSize,
  extraShapes: {},
  marginal: ({ mean }, leastShare = LEAST_SHARE) => ({
    output: Float32Array.from(mean, (value) => Math.log(Math.max(value, leastShare))),
    extra: {},
  }),
  canSample: false,
  noise: () => ({ normal: 0, uniform: 0 }),
  fromOutput(logRates) {
    const terms = (x: Tensor) => tf.sub(tf.sub(tf.mul(x, logRates), tf.exp(logRates)), lgamma(tf.add(x, 1)));
    return {
      logProb: (x) => tf.sum(terms(x), -1),
      logProbByColumn: terms,
      mean: () => tf.exp(logRates),
      mode: () => tf.floor(tf.exp(logRates)),
      sample: () => tf.exp(logRates),
    };
  },
});
