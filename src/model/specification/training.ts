import Type, { type Static } from 'typebox';
import { Binarization } from './binarization.ts';
import { LIMITS } from './limits.ts';
import { closed, oneOf, tagged } from './schema.ts';

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
  'Optimizer',
  'name',
  {
    sgd: { learning_rate: rate(0.01) },
    adagrad: {
      learning_rate: rate(0.01),
      epsilon,
      accumulate_steps: Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        default: 0,
        description: 'First steps that only add up squared gradients and move nothing.',
      }),
    },
    adam: { learning_rate: rate(0.001), beta1: decay(0.9), beta2: decay(0.999), epsilon },
  },
  'adam',
);
export type OptimizerSpec = Static<typeof Optimizer>;

const epochs = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

const Schedule = tagged(
  'Schedule',
  'name',
  {
    constant: {},
    cosine: {
      final_factor: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0,
        description: 'Of the learning rate, reached with the last step along half a cosine.',
      }),
    },
    step: {
      every_epochs: epochs('How often the learning rate is multiplied.'),
      factor: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.5 }),
    },
    inverse_time: {
      half_after_epochs: epochs('The learning rate is divided by 1 + epoch / half_after_epochs.'),
    },
  },
  'constant',
);
export type ScheduleSpec = Static<typeof Schedule>;

const KlWeight = Type.Object(
  {
    final: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 1,
      description: 'Weight of the KL divergence in the objective. Other than 1, the objective is no bound.',
    }),
    warm_up_epochs: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'The weight grows from 0 in a straight line over these epochs.',
    }),
  },
  { ...closed, title: 'KlWeight', default: {} },
);
export type KlWeightSpec = Static<typeof KlWeight>;

const priorDeviation = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1e6,
  default: 1,
  description: 'Standard deviation of the Gaussian prior over the decoder parameters (weight decay).',
});

const Objective = tagged(
  'Objective',
  'name',
  { ml: {}, map: { prior_standard_deviation: priorDeviation } },
  'ml',
);
export type ObjectiveSpec = Static<typeof Objective>;

const Estimator = tagged('Estimator', 'name', {
  sgvb_a: {},
  sgvb_b: {},
  score_function: {
    control_variate: oneOf(
      ['none', 'leave_one_out'],
      'none',
      'leave_one_out subtracts from each draw the mean of the others.',
    ),
  },
  importance_weighted: {},
});
export type EstimatorSpec = Static<typeof Estimator>;
export type EstimatorName = EstimatorSpec['name'];

const Algorithm = tagged(
  'Algorithm',
  'name',
  {
    aevb: {},
    wake_sleep: {},
    mcem: {
      leapfrog_steps: Type.Integer({ minimum: 1, maximum: 100, default: 10 }),
      target_acceptance: Type.Number({
        minimum: 0.05,
        maximum: 0.99,
        default: 0.9,
        description: 'Share of proposals that the step size is tuned to.',
      }),
      updates_per_sample: Type.Integer({
        minimum: 1,
        maximum: 20,
        default: 5,
        description: 'Parameter updates after each draw of the latents.',
      }),
    },
    full_vb: { prior_standard_deviation: priorDeviation },
  },
  'aevb',
);
export type AlgorithmSpec = Static<typeof Algorithm>;
export type AlgorithmName = AlgorithmSpec['name'];

const EarlyStopping = Type.Object(
  {
    patience_epochs: epochs('Epochs without a better validation bound after which training ends.'),
    minimum_gain: Type.Number({
      minimum: 0,
      maximum: 1e6,
      default: 0,
      description: 'Nats per datapoint by which the bound must rise to count as better.',
    }),
  },
  { ...closed, title: 'EarlyStopping' },
);

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
      description: 'L, draws of z for each row and step (k of importance_weighted).',
    }),
    binarization: Binarization,
    algorithm: Algorithm,
    estimator: Type.Optional(Estimator),
    objective: Objective,
    kl_weight: KlWeight,
    optimizer: Optimizer,
    learning_rate_schedule: Schedule,
    gradient_norm_limit: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1e9,
        description: 'Gradients of a larger Euclidean norm (all parameters together) are scaled down to it.',
      }),
    ),
    early_stopping: Type.Optional(EarlyStopping),
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
      description:
        'Share of the rows that are not test rows. These rows validate: early stopping and the best checkpoint are chosen by their bound.',
    }),
    watch_test_rows: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Computes the bound of the test rows after each epoch, for the metrics alone: it influences nothing.',
      }),
    ),
    checkpoint_every_epochs: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
    keep_checkpoints: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: 'Newest checkpoints kept, the best by validation bound beside them.',
    }),
  },
  { ...closed, title: 'TrainingSpec', default: {} },
);
export type TrainingSpec = Static<typeof TrainingSpec>;

/** The estimator asked for, else sgvb_b where the KL divergence has a closed form and sgvb_a where it has none. */
export function estimatorOf({ estimator }: TrainingSpec, hasClosedForm: boolean): EstimatorSpec {
  return estimator ?? { name: hasClosedForm ? 'sgvb_b' : 'sgvb_a' };
}

const DEFAULT_MINIBATCH_SIZE = 100;

/** M: as asked for, else 100, or all rows where there are fewer. */
export function minibatchSizeOf({ minibatch_size: asked }: TrainingSpec, trainRows: number): number {
  return asked ?? Math.min(DEFAULT_MINIBATCH_SIZE, trainRows);
}
