import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { OptimizerSpec } from '../specification.ts';
import type { UpdateRule, OptimizerContext } from './optimizer.ts';

/**
 * w' = w - rate * gradient. A constant rate scales the loss, so that the gradient arrives multiplied by it and the
 * compiled step subtracts inside the matrix product that makes it.
 */
export function sgd(
  { learning_rate: rate }: Extract<OptimizerSpec, { name: 'sgd' }>,
  { factor, exactGradients = false }: OptimizerContext,
): UpdateRule {
  if (!factor && !exactGradients) {
    return {
      slots: {},
      lossScale: rate,
      scalars: () => ({}),
      update: (parameter, gradient) => ({ parameter: tf.sub(parameter, gradient), slots: {} }),
    };
  }
  return {
    slots: {},
    scalars: (update) => ({ rate: rate * (factor?.(update) ?? 1) }),
    update: (parameter, gradient, _slots, scalars) => ({
      parameter: tf.sub(parameter, tf.mul(gradient, getNamed(scalars, 'rate'))),
      slots: {},
    }),
  };
}
