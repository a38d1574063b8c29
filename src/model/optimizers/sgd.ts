import * as tf from '@tensorflow/tfjs';
import type { OptimizerSpec } from '../spec.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * w' = w - rate * gradient. The rate scales the loss, so that the gradient arrives multiplied by it and the
 * compiled step subtracts inside the matrix product that makes it.
 */
export function sgd({ learning_rate: rate }: Extract<OptimizerSpec, { name: 'sgd' }>): Optimizer {
  return {
    slots: {},
    lossScale: rate,
    scalars: () => ({}),
    update: (parameter, gradient) => ({ parameter: tf.sub(parameter, gradient), slots: {} }),
  };
}
