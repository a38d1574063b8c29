import * as tf from '@tensorflow/tfjs';
import type { ColumnOf } from '../../specification/likelihood.ts';
import {
  asStored,
  LEAST_SHARE,
  needed,
  oneUniform,
  type ColumnMathematics,
  type LikelihoodFamily,
} from './likelihood.ts';

/** Appendix C.1 with logits y: log p = sum_i x_i y_i - log(1 + e^y_i). Also a bound-like score for x in [0, 1]. */
export const bernoulli = (): LikelihoodFamily => ({
  ...asStored,
  marginal: ({ mean }, leastShare = LEAST_SHARE) => ({
    output: Float32Array.from(mean, (value) => logit(value, leastShare)),
    extra: {},
  }),
  noise: oneUniform,
  fromOutput(logits) {
    const terms = (x: tf.Tensor) => tf.sub(tf.mul(x, logits), tf.softplus(logits));
    return {
      logProb: (x) => tf.sum(terms(x), -1),
      logProbByColumn: terms,
      mean: () => tf.sigmoid(logits),
      mode: () => tf.step(logits),
      sample: (noise) => tf.cast(tf.less(needed(noise, 'uniform'), tf.sigmoid(logits)), 'float32'),
    };
  },
});

/** Log odds, for elements that are always 0 or 1 as if this share of the rows differed. */
export function logit(mean: number, leastShare = LEAST_SHARE): number {
  const inside = Math.min(Math.max(mean, leastShare), 1 - leastShare);
  return Math.log(inside / (1 - inside));
}

export const bernoulliColumn: ColumnMathematics<ColumnOf<'bernoulli'>> = {
  family: bernoulli,
  // Neither of the two.
  standIn: 0.5,
};
