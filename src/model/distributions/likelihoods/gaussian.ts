import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import type { Tensors } from '../../runtime/runtime.ts';
import type { ColumnOf, LikelihoodOf } from '../../specification/likelihood.ts';
import * as diagonal from '../diagonal-gaussian.ts';
import { logit } from './bernoulli.ts';
import {
  needed,
  oneNormal,
  type ColumnMathematics,
  type LikelihoodFamily,
  type MarginalOutput,
} from './likelihood.ts';
import { outliersOfNumbers } from './outlier-sources.ts';
import { logVarianceFor, realColumns, createStandardisation, withMinimum } from './transform.ts';

type Spec = LikelihoodOf<'gaussian'>;

/**
 * Appendix C.2: mean and log variance from the decoder, or one learned log variance for all elements, or a fixed one.
 * With a transform (shift b, scale a) the decoder works on y = (x - b) / a and log p(x) = log N(y) - sum_i log a_i.
 */
export const gaussian = (spec: Spec): LikelihoodFamily => {
  const { standardise, restore, toDensity, toDensities } = createStandardisation(spec.transform);
  return {
    encoderInput: standardise,
    marginal: (statistics) => marginal(spec, standardiseStatistics(spec, statistics)),
    noise: oneNormal,
    fromOutput(output, extra) {
      const distribution = distributionOf(spec, output, extra);
      const mean = () => restore(distribution.mean);
      return {
        logProb: (x) => toDensity(diagonal.logProb(distribution, standardise(x))),
        logProbByColumn: (x) => toDensities(diagonal.logProbByElement(distribution, standardise(x))),
        mean,
        mode: mean,
        sample: (noise) => restore(diagonal.reparameterize(distribution, needed(noise, 'normal'))),
      };
    },
  };
};

function distributionOf(spec: Spec, output: Tensor, extra: Tensors): diagonal.DiagonalGaussian {
  const [mean = output, perElement] = spec.variance === 'per_element' ? tf.split(output, 2, -1) : [output];
  const spreads: { [Variance in Spec['variance']]: () => Tensor | undefined } = {
    per_element: () => perElement,
    shared: () => extra['log_variance'],
    fixed: () => tf.scalar(2 * Math.log(spec.standard_deviation ?? 1)),
  };
  const logVariance = spreads[spec.variance]();
  if (!logVariance) throw new RangeError('a Gaussian needs a log variance');
  return {
    mean: spec.mean === 'unit_interval' ? tf.sigmoid(mean) : mean,
    logVariance: withMinimum(logVariance, spec.minimum_standard_deviation ?? 0),
  };
}

function standardiseStatistics({ transform }: Spec, { mean, variance }: ElementStatistics) {
  const scale = (i: number) => transform?.scale[i] ?? 1;
  return {
    mean: mean.map((value, i) => (value - (transform?.shift[i] ?? 0)) / scale(i)),
    variance: variance.map((value, i) => value / scale(i) ** 2),
  };
}

function marginal(spec: Spec, { mean, variance }: ElementStatistics): MarginalOutput {
  const means = spec.mean === 'unit_interval' ? mean.map((value) => logit(value)) : mean;
  const logVariance = (value: number) => logVarianceFor(value, spec.minimum_standard_deviation ?? 0);
  const pooled = variance.reduce((sum, value) => sum + value, 0) / variance.length;
  const kinds: { [Variance in Spec['variance']]: () => MarginalOutput } = {
    per_element: () => ({ output: Float32Array.from([...means, ...variance.map(logVariance)]), extra: {} }),
    shared: () => ({
      output: Float32Array.from(means),
      extra: { log_variance: Float32Array.of(logVariance(pooled)) },
    }),
    fixed: () => ({ output: Float32Array.from(means), extra: {} }),
  };
  return kinds[spec.variance]();
}

export const gaussianColumn: ColumnMathematics<ColumnOf<'gaussian'>> = {
  family: (columns) =>
    gaussian({ family: 'gaussian', mean: 'free', variance: 'per_element', ...realColumns(columns) }),
  setting: (column) => column.minimum_standard_deviation,
  outliers: outliersOfNumbers,
  filler: ({ transform }) => transform?.shift ?? 0,
};
