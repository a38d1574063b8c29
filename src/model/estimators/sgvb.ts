import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import {
  klFromStandardNormal,
  logProb,
  sample,
  standardNormalLogProb,
  type DiagonalGaussian,
} from '../distributions/diagonal-gaussian.ts';
import type { Tensors } from '../runtime/runtime.ts';
import type { EstimatorName } from '../spec.ts';
import type { Vae } from '../vae.ts';

/** Estimates for each row, in nats, [rows]: elbo = log_likelihood - kl_divergence. */
export interface ElboTerms {
  readonly elbo: Tensor;
  /** Expectation of log p(x|z) under q. */
  readonly logLikelihood: Tensor;
  /** KL(q(z|x) || p(z)): in closed form (sgvb_b), or its Monte Carlo estimate (sgvb_a). */
  readonly klDivergence: Tensor;
}

type KlTerm = (posterior: DiagonalGaussian, z: Tensor) => Tensor;

const KL_TERMS: { [Name in EstimatorName]: KlTerm } = {
  /** Eq. 6: mean over l of log q(z_l|x) - log p(z_l). */
  sgvb_a: (posterior, z) => tf.mean(tf.sub(logProb(posterior, z), standardNormalLogProb(z)), 0),
  /** Eq. 7 and 10. */
  sgvb_b: (posterior) => klFromStandardNormal(posterior),
};

/**
 * The SGVB estimate of the lower bound for every row of x [rows, data_size] with noise [L, rows, latent_size]
 * (standard normal): z_l = mean + standard deviation * noise_l, terms averaged over l.
 */
export function sgvb(
  estimator: EstimatorName,
  vae: Vae,
  parameters: Tensors,
  x: Tensor,
  noise: Tensor,
): ElboTerms {
  const posterior = vae.encode(parameters, x);
  const z = sample(posterior, noise);
  const logLikelihood = tf.mean(vae.decode(parameters, z).logProb(x), 0);
  const klDivergence = KL_TERMS[estimator](posterior, z);
  return { elbo: tf.sub(logLikelihood, klDivergence), logLikelihood, klDivergence };
}
