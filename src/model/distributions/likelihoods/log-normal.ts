import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import * as diagonal from '../diagonal-gaussian.ts';
import { needed, oneNormal, type LikelihoodFamily } from './likelihood.ts';
import { logVarianceFor, standardisation, withMinimum } from './transform.ts';

export interface LogNormalSpec {
  /** Of log x. */
  readonly transform?: { readonly shift: readonly number[]; readonly scale: readonly number[] };
  readonly minimum_standard_deviation: number;
}

/** Positive values whose logarithm is Gaussian (eq. C.2 for log x): log p(x) = log N(log x) - sum_i log x_i. */
export const logNormal = (spec: LogNormalSpec): LikelihoodFamily => {
  const { standardised, restored, densities, scaled } = standardisation(spec.transform);
  const coordinate = (x: Tensor) => standardised(tf.log(x));
  return {
    inputSize: (dataSize) => dataSize,
    encoderInput: coordinate,
    outputSize: (dataSize) => 2 * dataSize,
    extraShapes: {},
    marginal: (statistics) => ({ output: marginalOutput(spec, statistics), extra: {} }),
    canSample: true,
    noise: oneNormal,
    fromOutput(output) {
      const [mean = output, spread = output] = tf.split(output, 2, -1);
      const distribution = { mean, logVariance: withMinimum(spread, spec.minimum_standard_deviation) };
      const terms = (x: Tensor) =>
        tf.sub(densities(diagonal.logProbByElement(distribution, coordinate(x))), tf.log(x));
      return {
        logProb: (x) => tf.sum(terms(x), -1),
        logProbByColumn: terms,
        /** exp(m + s^2 / 2), m and s of log x. */
        mean() {
          const deviation = scaled(diagonal.standardDeviation(distribution.logVariance));
          return tf.exp(tf.add(restored(mean), tf.mul(tf.square(deviation), 0.5)));
        },
        mode: () => tf.exp(restored(mean)),
        sample: (noise) => tf.exp(restored(diagonal.sample(distribution, needed(noise, 'normal')))),
      };
    },
  };
};

function marginalOutput(spec: LogNormalSpec, { logMean, logVariance }: ElementStatistics): Float32Array {
  if (!logMean || !logVariance) throw new RangeError('a log-normal needs statistics of log x');
  const { transform, minimum_standard_deviation: minimum } = spec;
  const scale = (i: number) => transform?.scale[i] ?? 1;
  const means = logMean.map((value, i) => (value - (transform?.shift[i] ?? 0)) / scale(i));
  const spreads = logVariance.map((value, i) => logVarianceFor(value / scale(i) ** 2, minimum));
  return Float32Array.from([...means, ...spreads]);
}
