import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** The same values as a constant: no gradient flows back through them. */
export function detach(values: Tensor): Tensor {
  const constant = tf.customGrad((x) => ({
    value: tf.clone(x as Tensor),
    gradFunc: (dy) => tf.zerosLike(dy),
  }));
  return constant(values);
}
