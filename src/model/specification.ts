import Type, { type Static, type TSchema } from 'typebox';
import { ChosenLikelihood, Likelihood } from './specification/likelihood.ts';
import { Posterior, Prior } from './specification/latent.ts';
import { LIMITS } from './specification/limits.ts';
import { closed, oneOf } from './specification/schema.ts';

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
} from './specification/likelihood.ts';
export { combinationProblems, type CombinationProblem } from './specification/combinations.ts';
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
} from './specification/latent.ts';
export { LIMITS } from './specification/limits.ts';
export * from './specification/evaluation.ts';
export * from './specification/evaluation-report.ts';
export * from './specification/training.ts';
export { likelihoodProblems, type LikelihoodProblem } from './specification/likelihood-check.ts';
export { sharedDomain, valueDomain, type ValueDomain } from './specification/likelihood-domain.ts';
export { likelihoodSizes } from './specification/likelihood-sizes.ts';

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
