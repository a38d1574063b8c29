import { createEstimator } from '../../estimators/estimators.ts';
import { estimatorOf } from '../../specification.ts';
import { lossOf } from '../objective.ts';
import { observed, type Algorithm, type AlgorithmContext, type StepInput } from './algorithm.ts';
import { noiseNamed, noiseSpecs } from './noise.ts';

export const POSTERIOR_STREAMS = { normal: 'noise', uniform: 'posteriorUniform' } as const;

/** Algorithm 1: encoder and decoder ascend the same stochastic estimate of the bound. */
export function aevb({ vae, training, minibatchSize, datasetSize }: AlgorithmContext): Algorithm {
  const estimator = createEstimator(estimatorOf(training, vae.klDivergence !== null));
  const leading = [training.samples_per_datapoint, minibatchSize];
  const estimate = (parameters: StepInput['noise'], { x, noise, klWeight }: StepInput) =>
    estimator({
      vae,
      parameters,
      x,
      noise: noiseNamed(noise, 'posterior'),
      ...(klWeight ? { klWeight } : {}),
    });
  return {
    shapes: vae.shapes,
    initial: {},
    noise: noiseSpecs('posterior', vae.noise.posterior, leading, POSTERIOR_STREAMS),
    updatesPerStep: 1,
    chain: null,
    loss: (parameters, input) =>
      lossOf(training.objective, estimate(parameters, input).surrogate, parameters, datasetSize),
    observe: (parameters, input) => observed(estimate(parameters, input)),
  };
}
