import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { getNamed } from '../../named-arrays.ts';
import { fillNormal, deriveKey } from '../../random/streams.ts';
import type { Tensors } from '../../runtime/runtime.ts';
import { runHmcTransition, tuneStepSize } from '../../sampling/hmc.ts';
import type { AlgorithmSpec } from '../../specification.ts';
import { lossOf } from '../objective.ts';
import type { Algorithm, AlgorithmContext, LatentChain, ChainInput, StepInput } from './algorithm.ts';
import type { NoiseSpecs } from './noise.ts';

type McemSpec = Extract<AlgorithmSpec, { name: 'mcem' }>;
const FIRST_STEP_SIZE = 0.05;

/**
 * Appendix E, Monte Carlo EM: no encoder. Each step moves the minibatch's latents by one transition of Hamiltonian Monte
 * Carlo towards p(z|x), its step size tuned to the target acceptance, and then updates the decoder several times on
 * log p(x|z) with those latents. Every training row keeps its latents from visit to visit, starting from N(0, I).
 */
export function mcem(context: AlgorithmContext, spec: McemSpec): Algorithm {
  const { vae, training, datasetSize } = context;
  const decoder = Object.entries(vae.shapes).filter(([name]) => name.startsWith('decoder.'));
  const logLikelihood = (parameters: Tensors, { x, drawn }: StepInput) =>
    vae.decode(parameters, getNamed(drawn, 'latents')).logProb(x);
  return {
    shapes: Object.fromEntries(decoder),
    initial: {},
    noise: chainNoise(context),
    updatesPerStep: spec.updates_per_sample,
    chain: chainOf(context),
    draw: (parameters, input, chain) => moved(context, spec, parameters, input, chain),
    loss: (parameters, input) =>
      lossOf(training.objective, logLikelihood(parameters, input), parameters, datasetSize),
    observe(parameters, input) {
      const value = tf.mean(logLikelihood(parameters, input));
      return { objective: value, log_likelihood: value };
    },
  };
}

function chainNoise({ vae, minibatchSize }: AlgorithmContext): NoiseSpecs {
  return {
    momentum: { kind: 'normal', shape: [minibatchSize, vae.latentSize], stream: 'chainMomentum' },
    acceptance: { kind: 'uniform', shape: [minibatchSize], stream: 'chainAcceptance' },
  };
}

/** Latents [N + M, latent_size]: a row that occurs twice in a minibatch writes its second latents to the last M. */
function chainOf({ vae, minibatchSize, datasetSize }: AlgorithmContext): LatentChain {
  const shape = [datasetSize + minibatchSize, vae.latentSize];
  return {
    shapes: { latents: shape, step_size: [1] },
    initial(seed) {
      const data = new Float32Array((shape[0] ?? 0) * vae.latentSize);
      fillNormal(deriveKey(seed, 'chainStart', 0), data);
      return {
        latents: { shape, data },
        step_size: { shape: [1], data: Float32Array.of(FIRST_STEP_SIZE) },
      };
    },
  };
}

function moved(
  { vae }: AlgorithmContext,
  spec: McemSpec,
  parameters: Tensors,
  { x, noise }: StepInput,
  chain: ChainInput | null,
): { drawn: Tensors; chain: Tensors } {
  if (!chain) throw new RangeError('mcem needs its chain');
  const [latents, stepSize] = [getNamed(chain.state, 'latents'), getNamed(chain.state, 'step_size')];
  const logJoint = (z: Tensor) =>
    tf.add(vae.decode(parameters, z).logProb(x), vae.prior(parameters).logProb(z));
  const { z, accepted } = runHmcTransition(
    logJoint,
    tf.gather(latents, chain.read),
    { momentum: getNamed(noise, 'momentum'), acceptance: getNamed(noise, 'acceptance') },
    stepSize,
    spec.leapfrog_steps,
  );
  const positions = tf.expandDims(chain.write, 1);
  return {
    drawn: { latents: z },
    chain: {
      latents: tf.tensorScatterUpdate(latents as tf.Tensor2D, positions, z),
      step_size: tuneStepSize(stepSize, accepted, spec.target_acceptance),
    },
  };
}
