import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../../named-arrays.ts';
import type { Tensors } from '../../runtime/runtime.ts';
import { lowerBound } from '../../estimators/lower-bound.ts';
import { lossOf } from '../objective.ts';
import { POSTERIOR_STREAMS } from './aevb.ts';
import { observed, type Algorithm, type AlgorithmContext, type StepInput } from './algorithm.ts';
import { noiseNamed, noiseSpecs } from './noise.ts';

const DREAM_STREAMS = { normal: 'priorNormal', uniform: 'priorUniform' } as const;
const DATA_STREAMS = { normal: 'dataNormal', uniform: 'dataUniform' } as const;

/**
 * Hinton et al. 1995, the paper's comparison. Wake: the decoder ascends log p(x|z) with z drawn from q(z|x). Sleep: the
 * encoder ascends log q(z|x) on dreams z ~ p(z), x ~ p(x|z). No gradient passes through a draw.
 */
export function wakeSleep({ vae, training, minibatchSize, datasetSize }: AlgorithmContext): Algorithm {
  const draws = [training.samples_per_datapoint, minibatchSize];
  const wake = (parameters: Tensors, { x, drawn }: StepInput) =>
    tf.mean(vae.decode(parameters, getNamed(drawn, 'wake')).logProb(x), 0);
  const sleep = (parameters: Tensors, { drawn }: StepInput) =>
    vae.encode(parameters, getNamed(drawn, 'data')).logProb(getNamed(drawn, 'dream'));
  return {
    shapes: vae.shapes,
    initial: {},
    noise: {
      ...noiseSpecs('posterior', vae.noise.posterior, draws, POSTERIOR_STREAMS),
      ...noiseSpecs('dream', vae.noise.prior, [minibatchSize], DREAM_STREAMS),
      ...noiseSpecs('data', vae.noise.data, [minibatchSize], DATA_STREAMS),
    },
    updatesPerStep: 1,
    chain: null,
    draw(parameters, { x, noise }) {
      const dream = vae.prior(parameters).sample(noiseNamed(noise, 'dream'));
      const data = vae.decode(parameters, dream).sample(noiseNamed(noise, 'data'));
      const posterior = vae.encode(parameters, x).sample(noiseNamed(noise, 'posterior'));
      return { drawn: { wake: posterior, dream, data }, chain: {} };
    },
    loss(parameters, input) {
      const decoderLoss = lossOf(training.objective, wake(parameters, input), parameters, datasetSize);
      return tf.sub(decoderLoss, tf.mean<tf.Scalar>(sleep(parameters, input)));
    },
    observe: (parameters, { x, noise }) =>
      observed(lowerBound({ vae, parameters, x, noise: noiseNamed(noise, 'posterior') })),
  };
}
