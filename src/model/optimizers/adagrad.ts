import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { OptimizerSpec } from '../specification.ts';
import type { UpdateRule, OptimizerContext } from './optimizer.ts';

/**
 * Duchi et al. 2011: h' = h + g^2; w' = w - rate * g / sqrt(h'), h starting at epsilon^2 so that no division is by
 * zero. Adding epsilon to each root instead would cost a pass over memory per step.
 */
export function adagrad(
  { learning_rate: rate, epsilon, accumulate_steps: waiting }: Extract<OptimizerSpec, { name: 'adagrad' }>,
  { factor }: OptimizerContext,
): UpdateRule {
  return {
    slots: { sum_of_squares: epsilon ** 2 },
    scalars: (update) => ({ rate: update < waiting ? 0 : rate * (factor?.(update) ?? 1) }),
    update(parameter, gradient, slots, scalars) {
      const sumOfSquares = tf.add(getNamed(slots, 'sum_of_squares'), tf.square(gradient));
      const direction = tf.div(gradient, tf.sqrt(sumOfSquares));
      return {
        parameter: tf.sub(parameter, tf.mul(direction, getNamed(scalars, 'rate'))),
        slots: { sum_of_squares: sumOfSquares },
      };
    },
  };
}
