import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Distribution, NoiseSize } from './distributions/distribution.ts';
import { closedFormKl, latentFamily, priorOf } from './distributions/latent.ts';
import { likelihoodFamily, type ElementStatistics, type Likelihood } from './distributions/likelihoods.ts';
import { addPrefix, selectNamed, stripPrefix } from './named-arrays.ts';
import { mlp, mlpShapes, type Shapes } from './networks/mlp.ts';
import type { Tensors } from './runtime/runtime.ts';
import { likelihoodSizes, posteriorSize, type ModelSpec } from './specification.ts';

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
  /** Every learned parameter; names begin with `encoder.` (phi) or `decoder.` (theta). */
  readonly shapes: Shapes;
  readonly noise: VaeNoise;
  /** Initial values of decoder biases and extra parameters that give every row these element statistics. */
  marginalParameters(statistics: ElementStatistics): Readonly<Record<string, Float32Array>>;
  /** q(z|x) for x [rows, data_size]. */
  encode(parameters: Tensors, x: Tensor): Distribution;
  /** p(z). */
  prior(): Distribution;
  /** KL(q || p(z)) of each row in closed form; null where the pair has none. */
  readonly klDivergence: ((posterior: Distribution) => Tensor) | null;
  /** p(x|z) for z [..., latent_size]. */
  decode(parameters: Tensors, z: Tensor): Likelihood;
}

export function createVae(spec: ModelSpec, dataSize: number): Vae {
  const { latent_size: latentSize, encoder, decoder } = spec;
  const family = likelihoodFamily(spec.likelihood);
  const [posterior, prior] = [latentFamily(spec.posterior), latentFamily(spec.prior)];
  const divergence = closedFormKl(spec.posterior, spec.prior);
  const { input, output: outputSize, extraShapes } = likelihoodSizes(spec.likelihood, dataSize);
  const extraNames = Object.keys(extraShapes);
  const p = () => priorOf(spec.prior, latentSize);
  return {
    dataSize,
    latentSize,
    shapes: {
      ...mlpShapes('encoder', encoder, input, posteriorSize(spec.posterior, latentSize)),
      ...mlpShapes('decoder', decoder, latentSize, outputSize),
      ...addPrefix(extraShapes, 'decoder.'),
    },
    noise: {
      posterior: times(posterior.noise, latentSize),
      prior: times(prior.noise, latentSize),
      data: family.noise(dataSize),
    },
    marginalParameters(statistics) {
      const { output, extra } = family.marginal(statistics);
      return { 'decoder.output.bias': output, ...addPrefix(extra, 'decoder.') };
    },
    encode: (parameters, x) =>
      posterior.fromOutput(mlp(parameters, 'encoder', encoder, family.encoderInput(x)), latentSize),
    prior: p,
    klDivergence: divergence && ((q) => divergence(q, p())),
    decode(parameters, z) {
      const flat = tf.reshape(z, [-1, latentSize]);
      const output = tf.reshape(mlp(parameters, 'decoder', decoder, flat), [
        ...z.shape.slice(0, -1),
        outputSize,
      ]);
      return family.fromOutput(output, selectNamed(stripPrefix(parameters, 'decoder.'), extraNames));
    },
  };
}

function times(each: NoiseSize, size: number): NoiseSize {
  return { normal: each.normal * size, uniform: each.uniform * size };
}
