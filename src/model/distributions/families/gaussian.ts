import * as tf from '@tensorflow/tfjs';
import { pieces, type Distribution, type DistributionFamily, type Values } from '../distribution.ts';
import * as diagonal from '../diagonal-gaussian.ts';
import type { PriorOf } from '../../specification/latent.ts';
import { normalQuantile } from '../quantiles/normal.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

const NOISE = { normal: 1, uniform: 0 } as const;

/** Diagonal Gaussian (section 3, appendix C.2): mean and log variance; z = mean + exp(log variance / 2) x. */
export const gaussian: DistributionFamily<'mean' | 'log_variance'> = {
  noise: NOISE,
  fromOutput(output) {
    const [mean, logVariance] = tf.split(output, 2, -1);
    if (!mean || !logVariance) throw new RangeError('a Gaussian is made from a mean and a log variance');
    return of({ mean, log_variance: logVariance });
  },
  of,
};

function of(parameters: Values<'mean' | 'log_variance'>): Distribution<'mean' | 'log_variance'> {
  const { mean, log_variance: logVariance } = parameters;
  return {
    parameters,
    logProb: (z) => diagonal.logProb({ mean, logVariance }, z),
    logProbByDimension: (z) => diagonal.logProbByElement({ mean, logVariance }, z),
    sample: ({ normal }) => diagonal.reparameterize({ mean, logVariance }, pieces(normal, NOISE.normal)[0]),
    mean: () => mean,
    standardDeviation: () => diagonal.standardDeviation(logVariance),
    center: () => mean,
  };
}

/** N(0, I) of any size; its parameters are scalars. */
export function standardNormal(): Distribution<'mean' | 'log_variance'> {
  const general = of({ mean: tf.scalar(0), log_variance: tf.scalar(0) });
  return { ...general, isStandardNormal: true, logProb: diagonal.standardNormalLogProb };
}

export const gaussianQuantile: QuantileOf<'gaussian'> = (prior) => (p) =>
  prior.mean + prior.standard_deviation * normalQuantile(p);

/** N(mean, standard deviation^2) in every dimension. */
export function gaussianPrior({ mean, standard_deviation: deviation }: PriorOf<'gaussian'>): Distribution {
  if (mean === 0 && deviation === 1) return standardNormal();
  return of({ mean: tf.scalar(mean), log_variance: tf.scalar(2 * Math.log(deviation)) });
}
