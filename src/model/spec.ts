import Type, { type Static, type TSchema } from 'typebox';
import { ChosenLikelihood, Likelihood } from './spec/likelihood.ts';
import { Posterior, Prior } from './spec/latent.ts';
import { LIMITS } from './spec/limits.ts';
import { closed, oneOf } from './spec/schema.ts';

export {
  Binarization,
  BINARIZATIONS,
  ChosenLikelihood,
  LIKELIHOOD_LIMITS,
  type BinarizationName,
  type ColumnSpec,
  type LikelihoodName,
  type LikelihoodOf,
  type LikelihoodSpec,
} from './spec/likelihood.ts';
export { combinationProblems, type CombinationProblem } from './spec/combinations.ts';
export {
  FAMILY_SUPPORT,
  isIndependent,
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
export { likelihoodProblems, type LikelihoodProblem } from './spec/likelihood-check.ts';
export { sharedDomain, valueDomain, type ValueDomain } from './spec/likelihood-domain.ts';
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

const modelWith = <Schema extends TSchema>(likelihood: Schema) =>
  Type.Object(
    {
      latent_size: Type.Integer({
        minimum: 1,
        maximum: LIMITS.latentSize,
        default: 20,
        description: 'Dimensions of z.',
      }),
      posterior: Posterior,
      prior: Prior,
      likelihood,
      encoder: Network,
      decoder: Network,
    },
    { ...closed, default: {} },
  );

export const ModelSpec = modelWith(Likelihood);
export type ModelSpec = Static<typeof ModelSpec>;

/** A model as it is ordered: without a likelihood it has the one that its data set proposes. */
export const ModelOrder = modelWith(Type.Optional(ChosenLikelihood));
export type ModelOrder = Static<typeof ModelOrder>;
