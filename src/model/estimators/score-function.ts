import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { detach } from './detach.ts';
import type { Estimator } from './estimator.ts';

/**
 * Section 2.2's "naive" estimator: the gradient for phi is f(z) grad log q(z|x), f = log p(x|z) + log p(z) - log q(z|x),
 * z not differentiated. Its variance is very high; subtracting from f what does not depend on z lowers it.
 */
export const scoreFunction =
  (controlVariate: 'none' | 'leave_one_out'): Estimator =>
  ({ vae, parameters, x, noise, klWeight }) => {
    const posterior = vae.encode(parameters, x);
    const z = detach(posterior.sample(noise));
    const logPosterior = posterior.logProb(z);
    const logLikelihood = vae.decode(parameters, z).logProb(x);
    const divergence = tf.sub(logPosterior, vae.prior(parameters).logProb(z));
    const weighted = klWeight ? tf.mul(divergence, klWeight) : divergence;
    const signal = detach(tf.sub(logLikelihood, weighted));
    const centered = controlVariate === 'none' ? signal : tf.sub(signal, othersMean(signal));
    return {
      elbo: tf.mean(tf.sub(logLikelihood, divergence), 0),
      logLikelihood: tf.mean(logLikelihood, 0),
      klDivergence: tf.mean(divergence, 0),
      surrogate: tf.mean(tf.add(logLikelihood, tf.mul(centered, logPosterior)), 0),
    };
  };

/** For each of [L, rows] the mean of the others: over l if L > 1, otherwise over rows; 0 if there are no others. */
function othersMean(signal: Tensor): Tensor {
  const [draws = 1, rows = 1] = signal.shape;
  const [axis, count] = draws > 1 ? [0, draws] : [1, rows];
  if (count === 1) return tf.zerosLike(signal);
  return tf.div(tf.sub(tf.sum(signal, axis, true), signal), count - 1);
}
