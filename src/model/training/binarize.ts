import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { BinarizationName } from '../specification/binarization.ts';

interface Rule {
  /** Key of the uniform numbers besides the seed: the step or the row; null if none are needed. */
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

/** Values x in [0, 1] as zeros and ones. Needs uniform (0, 1) numbers in the shape of x if {@link binarizationNoise} asks for them. */
export function binarized(name: BinarizationName, x: Tensor, uniform?: Tensor): Tensor {
  return RULES[name].apply(x, uniform);
}

/** Key of a binarization's noise besides the seed; null if it needs none. */
export function binarizationNoise(name: BinarizationName): 'step' | 'row' | null {
  return RULES[name].noise;
}
