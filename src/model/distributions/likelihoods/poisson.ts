import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ColumnOf } from '../../specification/likelihood.ts';
import { lgamma } from '../special-functions.ts';
import { asStored, LEAST_SHARE, type ColumnMathematics, type LikelihoodFamily } from './likelihood.ts';
import { outliersOfCounts } from './outlier-sources.ts';

/** Counts with log rates r: log p = sum_i x_i r_i - e^r_i - log x_i!. */
export const poisson = (): LikelihoodFamily => ({
  ...asStored,
  marginal: ({ mean }, leastShare = LEAST_SHARE) => ({
    output: Float32Array.from(mean, (value) => Math.log(Math.max(value, leastShare))),
    extra: {},
  }),
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

/** Counts may be large: the encoder sees log(1 + x). */
export const poissonColumn: ColumnMathematics<ColumnOf<'poisson'>> = {
  family: () => ({ ...poisson(), encoderInput: (x) => tf.log1p(x) }),
  outliers: outliersOfCounts,
};
