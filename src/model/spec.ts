import Type, { type Static } from 'typebox';
import { Likelihood } from './spec/likelihood.ts';
import { closed, oneOf, tagged } from './spec/schema.ts';

export {
  Binarization,
  BINARIZATIONS,
  type BinarizationName,
  type ColumnSpec,
  type LikelihoodSpec,
} from './spec/likelihood.ts';
export { likelihoodProblems } from './spec/likelihood-check.ts';
export { valueDomain, type ValueDomain } from './spec/likelihood-domain.ts';
export { likelihoodSizes } from './spec/likelihood-sizes.ts';

/**
 * What a model and its training are. Every field has a default but the names of the tagged unions and what the data alone
 * can say (groups, columns), so `{}` is the paper's MNIST model; types are of the filled-in form, after validation with
 * defaults (src/validation.ts).
 */

/** Sizes beyond which a specification is refused. */
export const LIMITS = {
  latentSize: 1024,
  hiddenLayers: 8,
  hiddenSize: 8192,
  dataSize: 65536,
  minibatchSize: 8192,
  samplesPerDatapoint: 64,
  parameters: 200_000_000,
} as const;

export const ACTIVATIONS = ['tanh', 'relu', 'softplus', 'gelu', 'elu', 'silu', 'sigmoid'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export const ESTIMATORS = ['sgvb_a', 'sgvb_b'] as const;
export type EstimatorName = (typeof ESTIMATORS)[number];

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
    likelihood: Likelihood,
    encoder: Network,
    decoder: Network,
  },
  { ...closed, default: {} },
);
export type ModelSpec = Static<typeof ModelSpec>;

const rate = (value: number) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1000, default: value, description: 'Step size.' });
const decay = (value: number) => Type.Number({ minimum: 0, exclusiveMaximum: 1, default: value });
const epsilon = Type.Number({
  minimum: 1e-15,
  maximum: 1,
  default: 1e-8,
  description: 'Keeps divisions finite where gradients vanish.',
});

const Optimizer = tagged(
  'name',
  {
    sgd: { learning_rate: rate(0.01) },
    adagrad: { learning_rate: rate(0.01), epsilon },
    adam: { learning_rate: rate(0.001), beta1: decay(0.9), beta2: decay(0.999), epsilon },
  },
  'adam',
);
export type OptimizerSpec = Static<typeof Optimizer>;

const Objective = tagged(
  'name',
  {
    ml: {},
    map: {
      prior_standard_deviation: Type.Number({
        exclusiveMinimum: 0,
        maximum: 1e6,
        default: 1,
        description: 'Standard deviation of the Gaussian prior over the decoder parameters (weight decay).',
      }),
    },
  },
  'ml',
);
export type ObjectiveSpec = Static<typeof Objective>;

export const TrainingSpec = Type.Object(
  {
    epochs: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 10,
      description: 'Passes over the training rows.',
    }),
    minibatch_size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LIMITS.minibatchSize,
        description: 'M, rows per step. Default: 100, or all rows where there are fewer.',
      }),
    ),
    samples_per_datapoint: Type.Integer({
      minimum: 1,
      maximum: LIMITS.samplesPerDatapoint,
      default: 1,
      description: 'L, draws of z for each row and step.',
    }),
    estimator: oneOf(ESTIMATORS, 'sgvb_b', 'sgvb_a: eq. 6; sgvb_b: eq. 7, KL divergence in closed form.'),
    objective: Objective,
    optimizer: Optimizer,
    initializer: oneOf(
      ['fan_in', 'paper'],
      'fan_in',
      'Weights from N(0, 1/inputs) (fan_in) or N(0, 0.01^2) (paper); biases zero.',
    ),
    output_bias: oneOf(
      ['data_mean', 'zero'],
      'data_mean',
      'Where the decoder starts: at the mean (and variance) of each element over the training rows, or at zero.',
    ),
    seed: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 0,
      description: 'Fixes initial parameters, minibatch order, noise and the validation split.',
    }),
    validation_fraction: Type.Number({
      minimum: 0,
      maximum: 0.9,
      default: 0.1,
      description: 'Rows held out where the data set has no test rows of its own.',
    }),
    checkpoint_every_epochs: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
    keep_checkpoints: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: 'Newest checkpoints kept, the best by validation bound beside them.',
    }),
  },
  { ...closed, default: {} },
);
export type TrainingSpec = Static<typeof TrainingSpec>;
