import Type, { type Static } from 'typebox';
import { Likelihood } from './spec/likelihood.ts';
import { Posterior, Prior } from './spec/latent.ts';
import { LIMITS } from './spec/limits.ts';
import { closed, oneOf } from './spec/schema.ts';

export {
  Binarization,
  BINARIZATIONS,
  type BinarizationName,
  type ColumnSpec,
  type LikelihoodName,
  type LikelihoodOf,
  type LikelihoodSpec,
} from './spec/likelihood.ts';
export { combinationProblems, type CombinationProblem } from './spec/combinations.ts';
export {
  FAMILY_SUPPORT,
  posteriorSize,
  POSTERIOR_FAMILIES,
  PRIOR_FAMILIES,
  type PosteriorFamily,
  type PosteriorSpec,
  type PriorFamily,
  type PriorSpec,
} from './spec/latent.ts';
export { LIMITS } from './spec/limits.ts';
export * from './spec/evaluation.ts';
export * from './spec/evaluation-report.ts';
export * from './spec/training.ts';
export { likelihoodProblems } from './spec/likelihood-check.ts';
export { valueDomain, type ValueDomain } from './spec/likelihood-domain.ts';
export { likelihoodSizes } from './spec/likelihood-sizes.ts';

/**
 * What a model and its training are. Every field has a default but the names of the tagged unions and what the data alone
 * can say (groups, columns), so `{}` is the paper's MNIST model; types are of the filled-in form, after validation with
 * defaults (src/validation.ts).
 */

export const ACTIVATIONS = ['tanh', 'relu', 'softplus', 'gelu', 'elu', 'silu', 'sigmoid'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

const Network = Type.Object(
  {
    hidden_sizes: Type.Array(Type.Integer({ minimum: 1, maximum: LIMITS.hiddenSize }), {
      maxItems: LIMITS.hiddenLayers,
      default: [500],
      description: 'Units of each hidden layer, from input to output; [] makes the network linear.',
    }),
    activation: oneOf(ACTIVATIONS, 'tanh', 'Nonlinearity of the hidden layers.'),
  },
  { ...closed, default: {} },
);
export type NetworkSpec = Static<typeof Network>;

export const ModelSpec = Type.Object(
  {
    latent_size: Type.Integer({
      minimum: 1,
      maximum: LIMITS.latentSize,
      default: 20,
      description: 'Dimensions of z.',
    }),
    posterior: Posterior,
    prior: Prior,
    likelihood: Likelihood,
    encoder: Network,
    decoder: Network,
  },
  { ...closed, default: {} },
);
export type ModelSpec = Static<typeof ModelSpec>;
