import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

export interface HmcNoise {
  /** Standard normal, [rows, size]. */
  readonly momentum: Tensor;
  /** Uniform, [rows]. */
  readonly acceptance: Tensor;
}

/**
 * One transition of Hamiltonian Monte Carlo (Duane et al. 1987) for all rows at once: leapfrog steps of size [1] or
 * [rows, 1] with unit masses. Accepts with probability min(1, exp(old energy - new energy)); rejects if the energy is not
 * finite. logDensity maps z [rows, size] to the unnormalized log density of each row, [rows].
 */
export function runHmcTransition(
  logDensity: (z: Tensor) => Tensor,
  z: Tensor,
  noise: HmcNoise,
  stepSize: Tensor,
  leapfrogSteps: number,
): { readonly z: Tensor; readonly accepted: Tensor } {
  const slope = tf.grad((at) => tf.sum(logDensity(at)));
  const half = tf.mul(stepSize, 0.5);
  let position = z;
  let momentum = tf.add(noise.momentum, tf.mul(slope(position), half));
  for (let i = 0; i < leapfrogSteps; i++) {
    position = tf.add(position, tf.mul(momentum, stepSize));
    momentum = tf.add(momentum, tf.mul(slope(position), i < leapfrogSteps - 1 ? stepSize : half));
  }
  const before = tf.sub(logDensity(z), computeKineticEnergy(noise.momentum));
  const after = tf.sub(logDensity(position), computeKineticEnergy(momentum));
  const accepted = tf.less(tf.log(noise.acceptance), tf.sub(after, before));
  return {
    z: tf.where(tf.logicalAnd(tf.expandDims(accepted, 1), tf.onesLike(z).toBool()), position, z),
    accepted: tf.cast(accepted, 'float32'),
  };
}

function computeKineticEnergy(momentum: Tensor): Tensor {
  return tf.mul(tf.sum(tf.square(momentum), -1), 0.5);
}

/** Increases the step size by a factor of 1.02 if more than the target share was accepted; otherwise decreases it. */
export function tuneStepSize(stepSize: Tensor, accepted: Tensor, target: number): Tensor {
  // Count instead of averaging, because whole numbers are the same on every runtime.
  const more = tf.greater(tf.sum(accepted), target * accepted.size);
  return tf.mul(stepSize, tf.where(more, tf.scalar(1.02), tf.scalar(1 / 1.02)));
}
