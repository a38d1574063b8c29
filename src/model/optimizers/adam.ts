import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { OptimizerSpec } from '../specification.ts';
import type { UpdateRule, OptimizerContext } from './optimizer.ts';

/**
 * Kingma & Ba 2015. The slots are the paper's moments divided by (1 - beta), M = m / (1 - beta1) and V = v / (1 - beta2),
 * which saves two passes over memory; two scalars hold the factors and the bias corrections:
 * M' = beta1 M + g; V' = beta2 V + g^2; w' = w - a_t M' / (sqrt(V') + e_t), with c = sqrt((1 - beta2^t) / (1 - beta2)),
 * a_t = rate (1 - beta1) / (1 - beta1^t) c, e_t = epsilon c.
 */
export function adam(
  spec: Extract<OptimizerSpec, { name: 'adam' }>,
  { factor }: OptimizerContext,
): UpdateRule {
  const { learning_rate: rate, beta1, beta2, epsilon } = spec;
  return {
    slots: { first_moment: 0, second_moment: 0 },
    scalars(update) {
      const t = update + 1;
      const correction = Math.sqrt((1 - beta2 ** t) / (1 - beta2));
      const scheduled = rate * (factor?.(update) ?? 1);
      return {
        rate: (scheduled * (1 - beta1) * correction) / (1 - beta1 ** t),
        epsilon: epsilon * correction,
      };
    },
    update(parameter, gradient, slots, scalars) {
      const first = tf.add(tf.mul(getNamed(slots, 'first_moment'), beta1), gradient);
      const second = tf.add(tf.mul(getNamed(slots, 'second_moment'), beta2), tf.square(gradient));
      const direction = tf.div(first, tf.add(tf.sqrt(second), getNamed(scalars, 'epsilon')));
      return {
        parameter: tf.sub(parameter, tf.mul(direction, getNamed(scalars, 'rate'))),
        slots: { first_moment: first, second_moment: second },
      };
    },
  };
}
