import * as tf from '@tensorflow/tfjs';
import type { OptimizerSpec } from '../spec.ts';
import { named, type Optimizer } from './optimizer.ts';

/**
 * Duchi et al. 2011: h' = h + g^2; w' = w - rate * g / sqrt(h'), h starting at epsilon^2 so that no division is by
 * zero. Adding epsilon to each root instead would cost a pass over memory a step.
 */
export function adagrad({
  learning_rate: rate,
  epsilon,
}: Extract<OptimizerSpec, { name: 'adagrad' }>): Optimizer {
  return {
    slots: { sum_of_squares: epsilon ** 2 },
    scalars: () => ({ rate }),
    update(parameter, gradient, slots, scalars) {
      const sumOfSquares = tf.add(named(slots, 'sum_of_squares'), tf.square(gradient));
      const direction = tf.div(gradient, tf.sqrt(sumOfSquares));
      return {
        parameter: tf.sub(parameter, tf.mul(direction, named(scalars, 'rate'))),
        slots: { sum_of_squares: sumOfSquares },
      };
    },
  };
}
