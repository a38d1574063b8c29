import * as tf from '@tensorflow/tfjs';
import type { Estimator } from './estimator.ts';

/**
 * Burda et al. 2016, eq. 8: log (1/k) sum_l p(x, z_l) / q(z_l|x) with k = L reparameterized draws, a bound at least as
 * tight as the elbo, equal to it for L = 1.
 */
export const importanceWeighted: Estimator = ({ vae, parameters, x, noise }) => {
  const posterior = vae.encode(parameters, x);
  const z = posterior.sample(noise);
  const logLikelihood = vae.decode(parameters, z).logProb(x);
  const divergence = tf.sub(posterior.logProb(z), vae.prior(parameters).logProb(z));
  const [draws = 1] = z.shape;
  const elbo = tf.sub(tf.logSumExp(tf.sub(logLikelihood, divergence), 0), Math.log(draws));
  return {
    elbo,
    logLikelihood: tf.mean(logLikelihood, 0),
    klDivergence: tf.mean(divergence, 0),
    surrogate: elbo,
  };
};
