import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tensors } from '../runtime/runtime.ts';
import type { ObjectiveSpec } from '../specification.ts';

/**
 * The loss that training descends: minus eq. 8 divided by N, so that its unit is nats per datapoint.
 * elbo [M] is the minibatch; datasetSize is N, the training rows. MAP adds log p(theta) of all decoder parameters,
 * which eq. 8's sum over N datapoints counts once: here divided by N.
 */
export function lossOf(
  objective: ObjectiveSpec,
  elbo: Tensor,
  parameters: Tensors,
  datasetSize: number,
): Scalar {
  const mean: Scalar = tf.mean(elbo);
  if (objective.name === 'ml') return tf.neg(mean);
  const logPrior = logParameterPrior(parameters, objective.prior_standard_deviation);
  return tf.neg(tf.add(mean, tf.div<Scalar>(logPrior, datasetSize)));
}

/** log N(theta; 0, s^2 I) up to its constant: -sum theta^2 / (2 s^2). */
function logParameterPrior(parameters: Tensors, standardDeviation: number): Scalar {
  const decoder = Object.entries(parameters).filter(([name]) => name.startsWith('decoder.'));
  const squares = decoder.map(([, parameter]) => tf.sum(tf.square(parameter)));
  return tf.mul(tf.addN(squares), -0.5 / standardDeviation ** 2);
}
