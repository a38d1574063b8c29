import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Distribution, NoiseSize } from './distributions/distribution.ts';
import { closedFormKl, latentFamily, priorOf } from './distributions/latent.ts';
import {
  likelihoodFamily,
  type ElementStatistics,
  type LikelihoodDistribution,
} from './distributions/likelihoods.ts';
import { addPrefix, selectNamed, stripPrefix } from './named-arrays.ts';
import { applyNetwork } from './networks/networks.ts';
import type { Tensors } from './runtime/runtime.ts';
import { latentSizeProblem } from './specification/latent.ts';
import { countValues } from './specification/networks/description.ts';
import { modelEnds } from './specification/sizes.ts';
import { likelihoodSizes, modelShapes, type ModelSpec, type Shape, type Shapes } from './specification.ts';

/** How many numbers one draw of z, or of a row x, takes. */
export interface VaeNoise {
  readonly posterior: NoiseSize;
  readonly prior: NoiseSize;
  readonly data: NoiseSize;
}

/** The directed model p(z) p(x|z) with its recognition model q(z|x). */
export interface Vae {
  readonly dataSize: number;
  readonly latentSize: number;
  /** Every learned parameter; names begin with `encoder.` (phi), `decoder.` or `prior.` (theta). */
  readonly shapes: Shapes;
  readonly noise: VaeNoise;
  /** Initial values of decoder biases and extra parameters that give every row these element statistics. */
  marginalParameters(statistics: ElementStatistics): Readonly<Record<string, Float32Array>>;
  /** q(z|x) for x [rows, data_size]. */
  encode(parameters: Tensors, x: Tensor): Distribution;
  /** p(z). */
  prior(parameters: Tensors): Distribution;
  /** KL(q || p(z)) of each row in closed form; null where the pair has none. */
  readonly klDivergence: ((parameters: Tensors, posterior: Distribution) => Tensor) | null;
  /** The decoder's output for z [..., latent_size]: [..., output]. */
  decoderOutput(parameters: Tensors, z: Tensor): Tensor;
  /** p(x|z) for the decoder's output. */
  likelihood(parameters: Tensors, output: Tensor): LikelihoodDistribution;
  /** p(x|z) for z [..., latent_size]. */
  decode(parameters: Tensors, z: Tensor): LikelihoodDistribution;
}

/** Errors: RangeError for a latent size that the posterior does not have. */
export function createVae(spec: ModelSpec, rowShape: Shape): Vae {
  const { latent_size: latentSize, encoder, decoder } = spec;
  const problem = latentSizeProblem(spec.posterior.family, latentSize);
  if (problem) throw new RangeError(`${latentSize} latent dimensions; allowed: ${problem}`);
  const dataSize = countValues(rowShape);
  const family = likelihoodFamily(spec.likelihood);
  const [posterior, prior] = [latentFamily(spec.posterior), latentFamily(spec.prior)];
  const divergence = closedFormKl(spec.posterior, spec.prior);
  const { output: outputSize, extraShapes } = likelihoodSizes(spec.likelihood, dataSize);
  const extraNames = Object.keys(extraShapes);
  const ends = modelEnds(spec, rowShape);
  const createPrior = () => priorOf(spec.prior, latentSize);
  const decoderOutput: Vae['decoderOutput'] = (parameters, z) => {
    const own = stripPrefix(parameters, 'decoder.');
    const flat = tf.reshape(z, [-1, latentSize]);
    return tf.reshape(applyNetwork(decoder, own, flat, ends.decoder), [...z.shape.slice(0, -1), outputSize]);
  };
  const likelihood: Vae['likelihood'] = (parameters, output) =>
    family.fromOutput(output, selectNamed(stripPrefix(parameters, 'decoder.'), extraNames));
  return {
    dataSize,
    latentSize,
    shapes: modelShapes(spec, rowShape),
    noise: {
      posterior: times(posterior.noise, latentSize),
      prior: times(prior.noise, latentSize),
      data: family.noise(dataSize),
    },
    marginalParameters(statistics) {
      const { output, extra } = family.marginal(statistics);
      return { 'decoder.output.bias': output, ...addPrefix(extra, 'decoder.') };
    },
    encode(parameters, x) {
      const own = stripPrefix(parameters, 'encoder.');
      const output = applyNetwork(encoder, own, family.encoderInput(x), ends.encoder);
      return posterior.fromOutput(output, latentSize);
    },
    prior: createPrior,
    klDivergence: divergence && ((_parameters, q) => divergence(q, createPrior())),
    decoderOutput,
    likelihood,
    decode: (parameters, z) => likelihood(parameters, decoderOutput(parameters, z)),
  };
}

function times(each: NoiseSize, size: number): NoiseSize {
  return { normal: each.normal * size, uniform: each.uniform * size };
}
