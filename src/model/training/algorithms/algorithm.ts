import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Estimate } from '../../estimators/estimator.ts';
import type { Shapes } from '../../specification.ts';
import type { FloatArrays, Tensors } from '../../runtime/runtime.ts';
import type { TrainingSpec } from '../../specification.ts';
import type { Vae } from '../../vae.ts';
import type { NoiseSpecs } from './noise.ts';

export interface AlgorithmContext {
  readonly vae: Vae;
  readonly training: TrainingSpec;
  /** M */
  readonly minibatchSize: number;
  /** N: number of training rows. */
  readonly datasetSize: number;
}

export interface StepInput {
  /** Values, [M, data_size]. */
  readonly x: Tensor;
  /** The arrays of {@link Algorithm.noise}. */
  readonly noise: Tensors;
  readonly klWeight?: Tensor;
  /** The result of {@link Algorithm.draw}. */
  readonly drawn: Tensors;
}

/** Scalars in nats per datapoint. */
export interface ObservedTerms {
  /** The maximized value; not finite if training has diverged. */
  readonly objective: Tensor;
  /** The bound and its two terms, if the algorithm has a posterior. */
  readonly elbo?: Tensor;
  readonly log_likelihood?: Tensor;
  readonly kl_divergence?: Tensor;
}

/** Latents of every training row that are carried from step to step (mcem). */
export interface LatentChain {
  readonly shapes: Shapes;
  initial(seed: number): FloatArrays;
}

/** The chain's state before a step, and the positions of the minibatch's rows in it: int32 [M]. */
export interface ChainInput {
  readonly state: Tensors;
  readonly read: Tensor;
  readonly write: Tensor;
}

/** What one training step minimizes. */
export interface Algorithm {
  /** Learned parameters. */
  readonly shapes: Shapes;
  /** Initial values of the parameters that the model itself does not have. */
  readonly initial: FloatArrays;
  readonly noise: NoiseSpecs;
  readonly updatesPerStep: number;
  readonly chain: LatentChain | null;
  /** Draws that no gradient passes through, made before the loss is differentiated, and the chain's next state. */
  draw?(
    parameters: Tensors,
    input: StepInput,
    chain: ChainInput | null,
  ): { readonly drawn: Tensors; readonly chain: Tensors };
  loss(parameters: Tensors, input: StepInput): Scalar;
  observe(parameters: Tensors, input: StepInput): ObservedTerms;
}

/** The reporting terms of an estimate. */
export function observed({ elbo, logLikelihood, klDivergence }: Estimate): Required<ObservedTerms> {
  return {
    objective: tf.mean(elbo),
    elbo: tf.mean(elbo),
    log_likelihood: tf.mean(logLikelihood),
    kl_divergence: tf.mean(klDivergence),
  };
}
