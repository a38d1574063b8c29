import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import type { ColumnOf } from '../../specification/likelihood.ts';
import { pieces } from '../distribution.ts';
import { GAMMA_NOISE, logGamma } from '../gamma-transform.ts';
import { logBeta } from '../special-functions.ts';
import { asStored, LEAST_SHARE, type ColumnMathematics, type LikelihoodFamily } from './likelihood.ts';
import { outliersOfCounts } from './outlier-sources.ts';

/** Beyond it (log n) counts are Poisson to single precision. */
const LARGEST_LOG_COUNT = 10;

/**
 * Counts with mean m and total count n, log m and log n from the decoder: variance m + m^2 / n. With d = log m - log n,
 * log p = log(Gamma(x + n) / (Gamma(n) x!)) - n log(1 + e^d) - x log(1 + e^-d). A Poisson whose rate is a Gamma of shape n
 * and mean m. Larger n than e^10 are taken as e^10; towards n = 0, where all but 0 becomes impossible, log n has no limit.
 */
export const negativeBinomial = (): LikelihoodFamily => ({
  ...asStored,
  marginal: (statistics, leastShare) => ({ output: marginalOutput(statistics, leastShare), extra: {} }),
  noise: (dataSize) => ({
    normal: GAMMA_NOISE.normal * dataSize,
    uniform: GAMMA_NOISE.uniform * dataSize,
  }),
  fromOutput(output) {
    const [logMean = output, given = output] = tf.split(output, 2, -1);
    const logCount = tf.minimum(given, LARGEST_LOG_COUNT);
    const terms = (x: Tensor) => logProb(logMean, logCount, x);
    return {
      logProb: (x) => tf.sum(terms(x), -1),
      logProbByColumn: terms,
      mean: () => tf.exp(logMean),
      /** floor(m (n - 1) / n), 0 for n <= 1. */
      mode: () => tf.floor(tf.relu(tf.sub(tf.exp(logMean), tf.exp(tf.sub(logMean, logCount))))),
      sample({ normal, uniform }) {
        const [x] = pieces(normal, GAMMA_NOISE.normal);
        const draw = logGamma(tf.exp(logCount), x, pieces(uniform, GAMMA_NOISE.uniform));
        return tf.exp(tf.add(logMean, tf.sub(draw, logCount)));
      },
    };
  },
});

function logProb(logMean: Tensor, logCount: Tensor, x: Tensor): Tensor {
  const count = tf.exp(logCount);
  const logOdds = tf.sub(logMean, logCount);
  const failures = tf.mul(count, log1pExp(logOdds));
  const successes = tf.mul(x, log1pExp(tf.neg(logOdds)));
  return tf.sub(logWays(logCount, count, x), tf.add(failures, successes));
}

/**
 * log(Gamma(x + n) / (Gamma(n) x!)) without Gamma(n), whose pole at 0 overflows for small n: Gamma(n) = Gamma(1 + n) / n makes
 * it log n - log x - log(x + n) - log B(1 + n, x) for x > 0, and 0 for x = 0.
 */
function logWays(logCount: Tensor, count: Tensor, x: Tensor): Tensor {
  const positive = tf.maximum(x, 1);
  const product = tf.log(tf.mul(positive, tf.add(positive, count)));
  const ways = tf.sub(tf.sub(logCount, product), logBeta(tf.add(count, 1), positive));
  return tf.mul(ways, tf.cast(tf.greater(x, 0), 'float32'));
}

/** log(1 + e^x), exact relative to itself also far below 0, as the compiled softplus is not: it is multiplied by n and x. */
function log1pExp(x: Tensor): Tensor {
  return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/** Parameters with the same mean and, if it is larger than the mean, the same variance. */
function marginalOutput({ mean, variance }: ElementStatistics, leastShare = LEAST_SHARE): Float32Array {
  const means = mean.map((value) => Math.max(value, leastShare));
  const logCounts = means.map((value, i) => {
    const excess = Math.max((variance[i] ?? 0) - value, 0);
    return Math.min(Math.log(value ** 2 / excess), LARGEST_LOG_COUNT - 1);
  });
  return Float32Array.from([...means.map(Math.log), ...logCounts]);
}

/** Counts may be large: the encoder sees log(1 + x). */
export const negativeBinomialColumn: ColumnMathematics<ColumnOf<'negative_binomial'>> = {
  family: () => ({ ...negativeBinomial(), encoderInput: (x) => tf.log1p(x) }),
  outliers: outliersOfCounts,
};
