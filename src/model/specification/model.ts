import Type, { type Static, type TSchema } from 'typebox';
import { ChosenLikelihood, Likelihood } from './likelihood.ts';
import { Posterior, Prior } from './latent.ts';
import { LIMITS } from './limits.ts';
import { closed, oneOf } from './schema.ts';

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
  { ...closed, title: 'Network', default: {} },
);
export type NetworkSpec = Static<typeof Network>;

const modelWith = <Schema extends TSchema>(title: string, likelihood: Schema) =>
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
    { ...closed, title, default: {} },
  );

export const ModelSpec = modelWith('ModelSpec', Likelihood);
export type ModelSpec = Static<typeof ModelSpec>;

/** A model as it is ordered: without a likelihood it has the one that its data set proposes. */
export const ModelOrder = modelWith('ModelOrder', Type.Optional(ChosenLikelihood));
export type ModelOrder = Static<typeof ModelOrder>;
