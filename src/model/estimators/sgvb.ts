import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Distribution } from '../distributions/distribution.ts';
import type { Tensors } from '../runtime/runtime.ts';
import type { Vae } from '../vae.ts';
import type { Estimator } from './estimator.ts';

type KlTerm = (vae: Vae, parameters: Tensors, posterior: Distribution, z: Tensor) => Tensor;

/** Eq. 6: mean over l of log q(z_l|x) - log p(z_l). */
const estimateKl: KlTerm = (vae, parameters, posterior, z) =>
  tf.mean(tf.sub(posterior.logProb(z), vae.prior(parameters).logProb(z)), 0);

/** Eq. 7. Errors: RangeError if the pair has no closed form. */
const computeKl: KlTerm = (vae, parameters, posterior) => {
  if (!vae.klDivergence) throw new RangeError('sgvb_b needs a KL divergence in closed form');
  return vae.klDivergence(parameters, posterior);
};

/** The reparameterized bound: z_l a function of q's parameters and noise_l, log p(x|z_l) averaged over l. */
const createSgvb =
  (klTerm: KlTerm): Estimator =>
  ({ vae, parameters, x, noise, klWeight }) => {
    const posterior = vae.encode(parameters, x);
    const z = posterior.sample(noise);
    const logLikelihood = tf.mean(vae.decode(parameters, z).logProb(x), 0);
    const klDivergence = klTerm(vae, parameters, posterior, z);
    const elbo = tf.sub(logLikelihood, klDivergence);
    const surrogate = klWeight ? tf.sub(logLikelihood, tf.mul(klDivergence, klWeight)) : elbo;
    return { elbo, logLikelihood, klDivergence, surrogate };
  };

export const sgvbA = createSgvb(estimateKl);
export const sgvbB = createSgvb(computeKl);
