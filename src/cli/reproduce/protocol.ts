import type { AlgorithmSpec, LikelihoodSpec, NetworkSpec, TrainingSpec } from '../../model/specification.ts';
import { countRows } from '../../model/dataset.ts';
import type { JobOrder } from '../demo/calls.ts';
import type { DataName, Initializer } from './options.ts';

/** The step sizes that the paper chooses from. */
export const STEP_SIZES = [0.01, 0.02, 0.1] as const;

export const METHODS = ['AEVB', 'wake-sleep', 'MCEM'] as const;
export type Method = (typeof METHODS)[number];

const ALGORITHMS: { readonly [Name in Method]: AlgorithmSpec } = {
  AEVB: { name: 'aevb' },
  'wake-sleep': { name: 'wake_sleep' },
  MCEM: { name: 'mcem', leapfrog_steps: 10, target_acceptance: 0.9, updates_per_sample: 5 },
};

/** Hidden units of encoder and decoder, and p(x|z), by data set. */
export const PAPER_NETWORKS: {
  readonly [Data in DataName]: { readonly hidden: number; readonly likelihood: LikelihoodSpec };
} = {
  MNIST: { hidden: 500, likelihood: { family: 'bernoulli' } },
  Frey: { hidden: 200, likelihood: { family: 'gaussian', mean: 'unit_interval', variance: 'per_element' } },
};

/** Rows to train on, in the service. */
export interface TrainingRows {
  readonly datasetId: string;
  /** Their description in the results. */
  readonly description: string;
  /** Rows that are not test rows. */
  readonly trainRows: number;
  readonly testRows: number;
}

export interface TrainingSetting {
  readonly name: string;
  readonly rows: TrainingRows;
  readonly likelihood: LikelihoodSpec;
  readonly hidden: number;
  readonly latents: number;
  readonly method: Method;
  /** Default: the method's algorithm, with the paper's prior on the parameters. */
  readonly learning?: Pick<TrainingSpec, 'algorithm' | 'objective'>;
  readonly initializer: Initializer;
  readonly seed: number;
  /** Number of checkpoints to keep, evenly spaced over the training. Default: only the last ones. */
  readonly checkpoints?: number;
}

/** Share of the training rows that validate pilots. */
const PILOT_FRACTION = 0.1;
const CHECKPOINTS = 10;

/** A full training: uses all training rows and watches the test rows. */
export function orderFullTraining(setting: TrainingSetting, stepSize: number, samples: number): JobOrder {
  const { rows } = setting;
  const split = { validation_fraction: 0, watch_test_rows: rows.testRows > 0 };
  return orderOn(setting, stepSize, countEpochs(samples, rows.trainRows), split);
}

/** A short training to choose the step size. Some training rows validate it; it never sees a test row. */
export function orderPilot(setting: TrainingSetting, stepSize: number, samples: number): JobOrder {
  const split = { validation_fraction: PILOT_FRACTION };
  const sizes = { rows: setting.rows.trainRows, test_rows: 0 };
  const { train } = countRows(sizes, split, 'separate');
  return orderOn(setting, stepSize, countEpochs(samples, train), split);
}

/** The number of passes over the rows that use at least `samples` samples. */
const countEpochs = (samples: number, trainRows: number): number => Math.ceil(samples / trainRows);

type SplitSetting = Pick<TrainingSpec, 'validation_fraction' | 'watch_test_rows'>;

/**
 * The paper's training (section 5): M = 100, L = 1, Adagrad, a Gaussian prior on the decoder's parameters. In the author's
 * public code, but not in the text, Adagrad's first 100 steps only accumulate squared gradients.
 */
function orderOn(setting: TrainingSetting, stepSize: number, epochs: number, split: SplitSetting): JobOrder {
  const { name, rows, likelihood, hidden, latents, initializer, seed, checkpoints } = setting;
  const network = (): NetworkSpec => ({ name: 'mlp', hidden_sizes: [hidden], activation: 'tanh' });
  const training: Partial<TrainingSpec> = {
    epochs,
    minibatch_size: 100,
    samples_per_datapoint: 1,
    ...chooseLearning(setting),
    optimizer: { name: 'adagrad', learning_rate: stepSize, epsilon: 1e-8, accumulate_steps: 100 },
    initializer,
    output_bias: 'zero',
    seed,
    ...split,
    checkpoint_every_epochs: Math.ceil(epochs / (checkpoints ?? CHECKPOINTS)),
    // Slow trainings also write checkpoints by time.
    ...(checkpoints === undefined ? {} : { keep_checkpoints: 1000 }),
  };
  return {
    dataset_id: rows.datasetId,
    name,
    model: { latent_size: latents, likelihood, encoder: network(), decoder: network() },
    training,
  };
}

function chooseLearning({
  method,
  learning,
}: TrainingSetting): Pick<TrainingSpec, 'algorithm' | 'objective'> {
  const objective = { name: 'map', prior_standard_deviation: 1 } as const;
  return learning ?? { algorithm: ALGORITHMS[method], objective };
}
