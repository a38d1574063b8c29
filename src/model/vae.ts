import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { DiagonalGaussian } from './distributions/diagonal-gaussian.ts';
import { likelihoodFamily, type ElementStatistics, type Likelihood } from './distributions/likelihoods.ts';
import { mlp, mlpShapes, type Shapes } from './networks/mlp.ts';
import type { Tensors } from './runtime/runtime.ts';
import type { ModelSpec } from './spec.ts';

/** The directed model p(z) p(x|z) with its recognition model q(z|x). The prior p(z) is N(0, I). */
export interface Vae {
  readonly dataSize: number;
  readonly latentSize: number;
  /** Every learned parameter; names begin with `encoder.` (phi) or `decoder.` (theta). */
  readonly shapes: Shapes;
  /** Initial values of decoder biases and extra parameters that give every row these element statistics. */
  marginalParameters(statistics: ElementStatistics): Readonly<Record<string, Float32Array>>;
  /** q(z|x) for x [rows, data_size]: mean and log variance [rows, latent_size]. */
  encode(parameters: Tensors, x: Tensor): DiagonalGaussian;
  /** p(x|z) for z [..., latent_size]. */
  decode(parameters: Tensors, z: Tensor): Likelihood;
}

export function createVae(spec: ModelSpec, dataSize: number): Vae {
  const { latent_size: latentSize, encoder, decoder } = spec;
  const family = likelihoodFamily(spec.likelihood);
  const outputSize = family.outputSize(dataSize);
  const extraNames = Object.keys(family.extraShapes);
  return {
    dataSize,
    latentSize,
    shapes: {
      ...mlpShapes('encoder', encoder, family.inputSize(dataSize), 2 * latentSize),
      ...mlpShapes('decoder', decoder, latentSize, outputSize),
      ...Object.fromEntries(extraNames.map((name) => [`decoder.${name}`, family.extraShapes[name] ?? []])),
    },
    marginalParameters(statistics) {
      const { output, extra } = family.marginal(statistics);
      const entries = Object.entries(extra).map(([name, data]) => [`decoder.${name}`, data] as const);
      return { 'decoder.output.bias': output, ...Object.fromEntries(entries) };
    },
    encode(parameters, x) {
      const output = mlp(parameters, 'encoder', encoder, family.encoderInput(x));
      const [mean, logVariance] = tf.split(output, 2, -1);
      if (!mean || !logVariance) throw new RangeError('the encoder gives a mean and a log variance');
      return { mean, logVariance };
    },
    decode(parameters, z) {
      const flat = tf.reshape(z, [-1, latentSize]);
      const output = tf.reshape(mlp(parameters, 'decoder', decoder, flat), [
        ...z.shape.slice(0, -1),
        outputSize,
      ]);
      return family.fromOutput(output, pickExtra(parameters, extraNames));
    },
  };
}

function pickExtra(parameters: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, tensor]) => {
      const bare = name.replace(/^decoder\./, '');
      return names.includes(bare) ? [[bare, tensor]] : [];
    }),
  );
}
