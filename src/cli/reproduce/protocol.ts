import type { AlgorithmSpec, LikelihoodSpec, NetworkSpec, TrainingSpec } from '../../model/specification.ts';
import { countRows } from '../../model/dataset.ts';
import type { JobOrder } from '../demo/calls.ts';
import type { DataName, Initializer } from './options.ts';

/** The step sizes the paper chooses from. */
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
  /** What is said of them in the results. */
  readonly description: string;
  /** All that are not test rows. */
  readonly trainRows: number;
  readonly testRows: number;
}

export interface Setting {
  readonly name: string;
  readonly rows: TrainingRows;
  readonly likelihood: LikelihoodSpec;
  readonly hidden: number;
  readonly latents: number;
  readonly method: Method;
  /** Default: the method's, with the paper's prior on the parameters. */
  readonly learning?: Pick<TrainingSpec, 'algorithm' | 'objective'>;
  readonly initializer: Initializer;
  readonly seed: number;
  /** So many, evenly spaced over the training, are kept. Default: the last ones alone. */
  readonly checkpoints?: number;
}

/** Share of the training rows that choose between pilots. */
const PILOT_FRACTION = 0.1;
const CHECKPOINTS = 10;

/** A whole training: on all training rows, watching the test rows. */
export function orderFullTraining(setting: Setting, stepSize: number, samples: number): JobOrder {
  const { rows } = setting;
  const split = { validation_fraction: 0, watch_test_rows: rows.testRows > 0 };
  return orderOn(setting, stepSize, countEpochs(samples, rows.trainRows), split);
}

/** A short training to choose a step size by: some training rows validate it, and it never sees a test row. */
export function orderPilot(setting: Setting, stepSize: number, samples: number): JobOrder {
  const split = { validation_fraction: PILOT_FRACTION };
  const sizes = { rows: setting.rows.trainRows, test_rows: 0 };
  const { train } = countRows(sizes, split, 'separate');
  return orderOn(setting, stepSize, countEpochs(samples, train), split);
}

/** Passes over the rows until at least so many samples have been used. */
const countEpochs = (samples: number, trainRows: number): number => Math.ceil(samples / trainRows);

type SplitSetting = Pick<TrainingSpec, 'validation_fraction' | 'watch_test_rows'>;

/**
 * The paper's training (section 5): M = 100, L = 1, Adagrad, a Gaussian prior on the decoder's parameters. That Adagrad's
 * first 100 steps only add up squared gradients is the author's public code, not the text.
 */
function orderOn(setting: Setting, stepSize: number, epochs: number, split: SplitSetting): JobOrder {
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
    // As long as a training is slow there are more, by time.
    ...(checkpoints === undefined ? {} : { keep_checkpoints: 1000 }),
  };
  return {
    dataset_id: rows.datasetId,
    name,
    model: { latent_size: latents, likelihood, encoder: network(), decoder: network() },
    training,
  };
}

function chooseLearning({ method, learning }: Setting): Pick<TrainingSpec, 'algorithm' | 'objective'> {
  const objective = { name: 'map', prior_standard_deviation: 1 } as const;
  return learning ?? { algorithm: ALGORITHMS[method], objective };
}
