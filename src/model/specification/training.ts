import Type, { type Static } from 'typebox';
import { Binarization } from './binarization.ts';
import { LIMITS } from './limits.ts';
import { Masking } from './masking.ts';
import { Optimizer } from './optimizers.ts';
import { closed, oneOf, tagged, withoutDefault } from './schema.ts';

const epochs = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

export const DEFAULT_EPOCHS = 10;

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
        description: 'Factor of the learning rate at the last step; until then it follows half a cosine.',
      }),
    },
    step: {
      every_epochs: epochs(
        'The learning rate is multiplied by factor every time this many epochs have passed.',
      ),
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
      description:
        'Weight of the KL divergence in the objective. If it is not 1, the objective is not a bound.',
    }),
    warm_up_epochs: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'Over these epochs, the weight grows linearly from 0.',
    }),
  },
  { ...closed, title: 'KlWeight', default: {} },
);
export type KlWeightSpec = Static<typeof KlWeight>;

const priorDeviation = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1e6,
  default: 1,
  description: "Standard deviation of the Gaussian prior over the decoder's parameters (weight decay).",
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
      'leave_one_out subtracts the mean of the other draws from each draw.',
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
        description: 'The step size is tuned to this share of accepted proposals.',
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

/** Whether a training learns an encoder. Without one there is no bound, on training rows or on others. */
export const trainsEncoder = ({ algorithm }: { readonly algorithm: AlgorithmSpec }): boolean =>
  algorithm.name !== 'mcem';

const EarlyStopping = Type.Object(
  {
    patience_epochs: epochs(
      'Training ends after this many epochs without a better validation bound, at the next time it is computed.',
    ),
    minimum_gain: Type.Number({
      minimum: 0,
      maximum: 1e6,
      default: 0,
      description: 'The bound counts as better if it rises by more than this, in nats per datapoint.',
    }),
  },
  { ...closed, title: 'EarlyStopping' },
);

const FIELDS = {
  epochs: Type.Optional(
    epochs(`The budget in passes over the training rows. Default: ${DEFAULT_EPOCHS}, unless steps is given.`),
  ),
  steps: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LIMITS.steps,
      description: 'The budget in steps (updates of the parameters), instead of epochs.',
    }),
  ),
  minibatch_size: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LIMITS.minibatchSize,
      description: 'M, rows per step. Default: 100, or all rows if there are fewer.',
    }),
  ),
  samples_per_datapoint: Type.Integer({
    minimum: 1,
    maximum: LIMITS.samplesPerDatapoint,
    default: 1,
    description: 'L, draws of z per row and step (k of importance_weighted).',
  }),
  binarization: Binarization,
  masking: Type.Optional(Masking),
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
      description:
        'Gradients whose Euclidean norm over all parameters is larger are scaled down to this norm.',
    }),
  ),
  early_stopping: Type.Optional(EarlyStopping),
  initializer: oneOf(
    ['fan_in', 'paper'],
    'fan_in',
    'Weights are drawn from N(0, 1/inputs) (fan_in) or N(0, 0.01^2) (paper); biases are zero.',
  ),
  output_bias: oneOf(
    ['data_mean', 'zero'],
    'data_mean',
    'Initial output of the decoder: the mean (and variance) of each element over the training rows, or zero.',
  ),
  seed: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description: 'Determines initial parameters, minibatch order, noise and validation rows.',
  }),
  validation_fraction: Type.Number({
    minimum: 0,
    maximum: 0.9,
    default: 0.1,
    description:
      'Share of the non-test rows used for validation. Their bound decides on early stopping and the best checkpoint.',
  }),
  validate_every_steps: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LIMITS.steps,
      description:
        'The validation bound is computed, and a line of metrics is written, every time this many steps have passed and at the end. Default: after each epoch.',
    }),
  ),
  watch_test_rows: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Computes the bound of the test rows whenever that of the validation rows is computed. It appears in the metrics and influences nothing.',
    }),
  ),
  checkpoint_every_epochs: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 1,
    description:
      'Epochs between checkpoints. With validate_every_steps: lines of metrics between checkpoints.',
  }),
  keep_checkpoints: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 3,
    description: 'Number of newest checkpoints to keep. The one with the best validation bound is kept too.',
  }),
};

export const TrainingSpec = Type.Object(FIELDS, { ...closed, title: 'TrainingSpec', default: {} });
export type TrainingSpec = Static<typeof TrainingSpec>;

const FOR_TABLES = '; for tables as docs/method.md says.';

/** A training as ordered. Fields whose defaults depend on the data set have none here. */
export const TrainingOrder = Type.Object(
  {
    ...FIELDS,
    masking: withoutDefault(Masking, `Default: none${FOR_TABLES}`),
    optimizer: withoutDefault(Optimizer, `Default: adam${FOR_TABLES}`),
    learning_rate_schedule: withoutDefault(Schedule, `Default: constant${FOR_TABLES}`),
    initializer: withoutDefault(
      FIELDS.initializer,
      `Weights are drawn from N(0, 1/inputs) (fan_in) or N(0, 0.01^2) (paper); biases are zero. Default: fan_in${FOR_TABLES}`,
    ),
    validation_fraction: withoutDefault(
      FIELDS.validation_fraction,
      `Share of the non-test rows used for validation. Their bound decides on early stopping and the best checkpoint. Default: 0.1${FOR_TABLES}`,
    ),
  },
  { ...closed, title: 'TrainingOrder', default: {} },
);
export type TrainingOrder = Static<typeof TrainingOrder>;

/** The estimator ordered. Default: sgvb_b if the KL divergence has a closed form, otherwise sgvb_a. */
export function estimatorOf({ estimator }: TrainingSpec, hasClosedForm: boolean): EstimatorSpec {
  return estimator ?? { name: hasClosedForm ? 'sgvb_b' : 'sgvb_a' };
}

const DEFAULT_MINIBATCH_SIZE = 100;

/** M as ordered. Default: 100, or all rows if there are fewer. */
export function minibatchSizeOf({ minibatch_size: asked }: TrainingSpec, trainRows: number): number {
  return asked ?? Math.min(DEFAULT_MINIBATCH_SIZE, trainRows);
}
