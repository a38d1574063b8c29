import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { BinarizationName } from '../specification/binarization.ts';

interface Rule {
  /** What the uniform numbers are keyed by, beside the seed: the step, or the row; null where none are needed. */
  readonly noise: 'step' | 'row' | null;
  readonly apply: (x: Tensor, uniform: Tensor | undefined) => Tensor;
}

const RULES: { readonly [Name in BinarizationName]: Rule } = {
  none: { noise: null, apply: (x) => x },
  dynamic: { noise: 'step', apply: drawn },
  static: { noise: 'row', apply: drawn },
  threshold: { noise: null, apply: (x) => tf.cast(tf.greater(x, 0.5), 'float32') },
};

/** x' = [u < x], so that x is the probability of a 1 (Salakhutdinov & Murray 2008). */
function drawn(x: Tensor, uniform: Tensor | undefined): Tensor {
  if (!uniform) throw new RangeError('the uniform noise that zeros and ones are drawn from is missing');
  return tf.cast(tf.less(uniform, x), 'float32');
}

/** Values x in [0, 1] as zeros and ones; uniform (0, 1) numbers of the shape of x where {@link binarizationNoise} asks. */
export function binarized(name: BinarizationName, x: Tensor, uniform?: Tensor): Tensor {
  return RULES[name].apply(x, uniform);
}

/** What the noise of a binarization is keyed by, beside the seed; null where it takes none. */
export function binarizationNoise(name: BinarizationName): 'step' | 'row' | null {
  return RULES[name].noise;
}
