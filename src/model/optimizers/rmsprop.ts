import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { OptimizerSpec } from '../specification.ts';
import type { UpdateRule, OptimizerContext } from './optimizer.ts';

/** Tieleman & Hinton 2012: v' = decay v + (1 - decay) g^2; w' = w - rate g / (sqrt(v') + epsilon), v starting at 0. */
export function rmsprop(
  { learning_rate: rate, decay, epsilon }: Extract<OptimizerSpec, { name: 'rmsprop' }>,
  { factor }: OptimizerContext,
): UpdateRule {
  return {
    slots: { mean_square: 0 },
    scalars: (update) => ({ rate: rate * (factor?.(update) ?? 1) }),
    update(parameter, gradient, slots, scalars) {
      const kept = tf.mul(getNamed(slots, 'mean_square'), decay);
      const meanSquare = tf.add(kept, tf.mul(tf.square(gradient), 1 - decay));
      const direction = tf.div(gradient, tf.add(tf.sqrt(meanSquare), epsilon));
      return {
        parameter: tf.sub(parameter, tf.mul(direction, getNamed(scalars, 'rate'))),
        slots: { mean_square: meanSquare },
      };
    },
  };
}
