import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { oneHotGroups, type SharedLikelihood } from '../../specification/likelihood.ts';
import { reduceGroups } from './groups.ts';
import type { LikelihoodFamily } from './likelihood.ts';

/**
 * The family for rows of which elements may be missing (NaN): log p(x|z) = sum over present elements of log p(x_i|z), exact if
 * values are missing at random. A one-hot group of which any element is missing is missing. The encoder sees 0 in the place of what
 * is missing, and then for each element a 1 where it is.
 */
export function withMissing(family: LikelihoodFamily, spec: SharedLikelihood): LikelihoodFamily {
  // A value that every family accepts, and that standardises to 0.
  const filler = 'transform' in spec ? [...spec.transform.shift] : 0;
  const groups = oneHotGroups(spec);
  const read = (x: Tensor) => {
    // Only NaN differs from itself.
    const isPresent = tf.equal(x, x);
    const values = tf.where(isPresent, x, tf.add(tf.zerosLike(x), filler));
    return { values, absent: tf.sub(1, tf.cast(isPresent, 'float32')) };
  };
  return {
    ...family,
    encoderInput(x) {
      const { values, absent } = read(x);
      return tf.concat([tf.mul(family.encoderInput(values), tf.sub(1, absent)), absent], -1);
    },
    fromOutput(output, extra) {
      const likelihood = family.fromOutput(output, extra);
      const terms = (x: Tensor) => {
        const { values, absent } = read(x);
        const unknown = groups ? reduceGroups(absent, groups, (blocks) => tf.max(blocks, -1)) : absent;
        return tf.mul(likelihood.logProbByColumn(values), tf.sub(1, unknown));
      };
      return { ...likelihood, logProb: (x) => tf.sum(terms(x), -1), logProbByColumn: terms };
    },
  };
}
