import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { LikelihoodSpec } from '../spec.ts';
import * as gaussian from './diagonal-gaussian.ts';

/** p(x|z) for given decoder output. */
export interface Likelihood {
  /** log p(x|z) summed over the elements of x [..., data_size]: [...]. */
  logProb(x: Tensor): Tensor;
  /** Expectation of x, [..., data_size]. */
  mean(): Tensor;
}

/** Mean and variance of each element over the training rows, [data_size]. */
export interface ElementStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export interface LikelihoodFamily {
  /** Width of the decoder's output for data of this size. */
  outputSize(dataSize: number): number;
  /** Decoder output (and extra parameters) under which every row has these means and variances, whatever z is. */
  marginal(statistics: ElementStatistics): {
    output: Float32Array;
    extra: Readonly<Record<string, Float32Array>>;
  };
  /** Learned parameters beside the network's. */
  readonly extraShapes: Readonly<Record<string, readonly number[]>>;
  /** The distribution from decoder output [..., outputSize] and the extra parameters. */
  fromOutput(output: Tensor, extra: Readonly<Record<string, Tensor>>): Likelihood;
}

type Families = {
  [Family in LikelihoodSpec['family']]: (
    spec: Extract<LikelihoodSpec, { family: Family }>,
  ) => LikelihoodFamily;
};

const FAMILIES: Families = {
  /** Appendix C.1 with logits y: log p = sum_i x_i y_i - log(1 + e^y_i). Also a bound-like score for x in [0, 1]. */
  bernoulli: () => ({
    outputSize: (dataSize) => dataSize,
    extraShapes: {},
    marginal: ({ mean }) => ({ output: Float32Array.from(mean, logit), extra: {} }),
    fromOutput: (logits) => ({
      logProb: (x) => tf.sum(tf.sub(tf.mul(x, logits), tf.softplus(logits)), -1),
      mean: () => tf.sigmoid(logits),
    }),
  }),
  /** Appendix C.2: mean and log variance from the decoder, or one learned log variance for all elements. */
  gaussian: ({ mean: meanKind, variance }) => {
    const place = (mean: Tensor) => (meanKind === 'unit_interval' ? tf.sigmoid(mean) : mean);
    const shared = variance === 'shared';
    return {
      outputSize: (dataSize) => (shared ? dataSize : 2 * dataSize),
      extraShapes: shared ? { log_variance: [1] } : {},
      marginal: ({ mean, variance: variances }) => {
        const means = meanKind === 'unit_interval' ? mean.map(logit) : mean;
        if (!shared)
          return { output: Float32Array.from([...means, ...variances.map(logVariance)]), extra: {} };
        const pooled = variances.reduce((sum, value) => sum + value, 0) / variances.length;
        return {
          output: Float32Array.from(means),
          extra: { log_variance: Float32Array.of(logVariance(pooled)) },
        };
      },
      fromOutput: (output, extra) => {
        const [mean, perElement] = shared ? [output] : tf.split(output, 2, -1);
        const spread = shared ? extra['log_variance'] : perElement;
        if (!spread) throw new RangeError('a Gaussian needs a log variance');
        const distribution = { mean: place(mean ?? output), logVariance: spread };
        return {
          logProb: (x) => gaussian.logProb(distribution, x),
          mean: () => distribution.mean,
        };
      },
    };
  },
};

/** Log odds, for elements that are always 0 or 1 as if one row in a thousand differed. */
function logit(mean: number): number {
  const inside = Math.min(Math.max(mean, 0.001), 0.999);
  return Math.log(inside / (1 - inside));
}

function logVariance(variance: number): number {
  return Math.log(Math.max(variance, 1e-4));
}

export function likelihoodFamily(spec: LikelihoodSpec): LikelihoodFamily {
  const make = FAMILIES[spec.family] as (spec: LikelihoodSpec) => LikelihoodFamily;
  return make(spec);
}
