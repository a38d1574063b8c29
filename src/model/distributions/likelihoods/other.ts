import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { OTHER } from '../../specification/likelihoods/robust.ts';
import type { LikelihoodFamily } from './likelihood.ts';

/** The outcome `other` of some columns, stored as -1; arrays have one number for each column. */
export interface OtherOutcome {
  /** Its probability e, whatever z is. */
  readonly shares: readonly number[];
  /** What the encoder, and the formula of the model, see in its place. */
  readonly standIns: readonly number[];
}

/**
 * Columns of codes or counts with one more outcome: p(-1|z) = e, p(x|z) = (1 - e) p_model(x|z) for every other x. Means, modes
 * and draws are the model's: given that the outcome is not `other`.
 */
export function withOther(family: LikelihoodFamily, { shares, standIns }: OtherOutcome): LikelihoodFamily {
  const logShares = shares.map((share) => Math.log(share));
  const logRests = shares.map((share) => Math.log1p(-share));
  const isItself = standIns.every((standIn) => standIn === OTHER);
  const replaceOther = (x: Tensor) => (isItself ? x : tf.where(tf.less(x, 0), [...standIns], x));
  return {
    ...family,
    encoderInput: (x) => family.encoderInput(replaceOther(x)),
    fromOutput(output, extra) {
      const model = family.fromOutput(output, extra);
      const terms = (x: Tensor) => {
        const isOther = tf.less(x, 0);
        const known = tf.mul(model.logProbByColumn(replaceOther(x)), tf.sub(1, tf.cast(isOther, 'float32')));
        return tf.add(known, tf.where(isOther, logShares, logRests));
      };
      return { ...model, logProb: (x) => tf.sum(terms(x), -1), logProbByColumn: terms };
    },
  };
}
