import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import type { ColumnOf } from '../../specification/likelihood.ts';
import * as diagonal from '../diagonal-gaussian.ts';
import { needed, oneNormal, type ColumnMathematics, type LikelihoodFamily } from './likelihood.ts';
import { outliersOfPositive } from './outlier-sources.ts';
import { logVarianceFor, realColumns, createStandardisation, withMinimum } from './transform.ts';

export interface LogNormalSpec {
  /** Of log x. */
  readonly transform?: { readonly shift: readonly number[]; readonly scale: readonly number[] };
  readonly minimum_standard_deviation: number;
}

/** Positive values whose logarithm is Gaussian (eq. C.2 for log x): log p(x) = log N(log x) - sum_i log x_i. */
export const logNormal = (spec: LogNormalSpec): LikelihoodFamily => {
  const { standardise, restore, toDensities, rescale } = createStandardisation(spec.transform);
  const coordinate = (x: Tensor) => standardise(tf.log(x));
  return {
    encoderInput: coordinate,
    marginal: (statistics) => ({ output: marginalOutput(spec, statistics), extra: {} }),
    noise: oneNormal,
    fromOutput(output) {
      const [mean = output, spread = output] = tf.split(output, 2, -1);
      const distribution = { mean, logVariance: withMinimum(spread, spec.minimum_standard_deviation) };
      const terms = (x: Tensor) =>
        tf.sub(toDensities(diagonal.logProbByElement(distribution, coordinate(x))), tf.log(x));
      return {
        logProb: (x) => tf.sum(terms(x), -1),
        logProbByColumn: terms,
        /** exp(m + s^2 / 2), m and s of log x. */
        mean() {
          const deviation = rescale(diagonal.standardDeviation(distribution.logVariance));
          return tf.exp(tf.add(restore(mean), tf.mul(tf.square(deviation), 0.5)));
        },
        mode: () => tf.exp(restore(mean)),
        sample: (noise) => tf.exp(restore(diagonal.reparameterize(distribution, needed(noise, 'normal')))),
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

export const logNormalColumn: ColumnMathematics<ColumnOf<'log_normal'>> = {
  family: (columns) => logNormal(realColumns(columns)),
  setting: (column) => column.minimum_standard_deviation,
  outliers: outliersOfPositive,
  filler: ({ transform }) => Math.exp(transform?.shift ?? 0),
};
