import type { Tensor } from '@tensorflow/tfjs';
import type { Noise } from '../distributions/distribution.ts';
import type { Tensors } from '../runtime/runtime.ts';
import type { Vae } from '../vae.ts';

/** Estimates for each row, in nats, [rows]. */
export interface ElboTerms {
  /** The lower bound: log_likelihood - kl_divergence (importance_weighted: the tighter bound of its draws). */
  readonly elbo: Tensor;
  /** Expectation of log p(x|z) under q. */
  readonly logLikelihood: Tensor;
  /** KL(q(z|x) || p(z)): in closed form (sgvb_b), or its Monte Carlo estimate. */
  readonly klDivergence: Tensor;
}

export interface Estimate extends ElboTerms {
  /** [rows]: its derivative is the estimator's gradient; its value has no meaning unless it is the elbo. */
  readonly surrogate: Tensor;
}

export interface EstimatorInput {
  readonly vae: Vae;
  readonly parameters: Tensors;
  /** [rows, data_size] */
  readonly x: Tensor;
  /** [L, rows, count * latent_size] of each kind that q draws from. */
  readonly noise: Noise;
  /** Weight of the divergence in the surrogate, a scalar; absent: 1. The elbo is never weighted. */
  readonly klWeight?: Tensor;
}

export type Estimator = (input: EstimatorInput) => Estimate;
