import { canMask } from '../specification/combinations.ts';
import type { NetworkSpec } from '../specification/networks/networks.ts';
import { trainsEncoder, type TrainingOrder } from '../specification/training.ts';
import type { KnownDataset } from './order-problems.ts';
import { countRows } from './split.ts';
import { createAdam, type OrderDefaults } from './usual-defaults.ts';

type Known = Pick<KnownDataset, 'rows' | 'test_rows' | 'data_size' | 'header' | 'table'>;

/** Whether the defaults for tables hold: a table with roles, or a CSV file stored before roles existed. */
export const isTable = ({ table, header }: Pick<Known, 'table' | 'header'>): boolean =>
  table !== null || typeof header === 'boolean';

const LATENTS = { smallest: 2, largest: 16 } as const;
const HIDDEN_SIZES = [128];
const MINIBATCH = { small: 64, large: 128, largeFromRows: 1000 } as const;
/**
 * Grow with the training rows: more rows take longer to overfit, and to learn. Shrink with the encoder's inputs beyond
 * `wideFrom`, which many words make: each step takes longer, and overfits more.
 */
const STEPS = { smallest: 5000, perRow: 5, largest: 20_000, wideFrom: 256, smallestWide: 3000 } as const;
/** From weights near zero, training needs more steps than this before it pays. */
const SHORT_BUDGET = 2000;
const LEARNING_RATE = 0.005;
/** Small tables of counts tell anomalies apart a little better with it; trainings are finite without it too. */
const GRADIENT_NORM_LIMIT = 10;
/** Lines of metrics, and so checkpoints to choose from. */
const ROUNDS = 50;
/** Share of the budget without a better validation bound after which a training ends. */
const PATIENCE = 1 / 3;
/** Of rows that lose values in training, so that any value may be missing later. More of them cost anomaly scores. */
const MASKED_SHARE = 0.25;
const VALIDATION = { wanted: 200, smallestShare: 0.1, largestShare: 1 / 3, largest: 10_000 } as const;

/** What the defaults need to know of the likelihood. */
interface KnownLikelihood {
  /** Of the encoder: one for each word. */
  readonly inputs: number;
  /** Whether any value of a row may be missing, so that values can be hidden in training. */
  readonly mayMiss: boolean;
}

/**
 * Defaults for a table, by its size and its likelihood. docs/method.md states these rules and how they were found. They depend on
 * what the order chooses itself: an algorithm, a budget in epochs, a minibatch, validation rows.
 */
export function chooseTableDefaults(
  order: TrainingOrder,
  dataset: Known,
  { inputs, mayMiss }: KnownLikelihood,
): OrderDefaults {
  const validation_fraction = order.validation_fraction ?? chooseValidationFraction(dataset);
  const { train, validation } = countRows(dataset, { validation_fraction }, 'separate');
  const minibatch_size = order.minibatch_size ?? chooseMinibatch(train);
  const stepsPerEpoch = Math.max(1, train) / minibatch_size;
  const steps = order.steps ?? chooseSteps(order, { train, stepsPerEpoch, inputs });
  const stops = trainsEncoder(order) && validation > 0;
  return {
    model: {
      latent_size: clamp(Math.floor(dataset.data_size / 2), LATENTS.smallest, LATENTS.largest),
      encoder: createNetwork(),
      decoder: createNetwork(),
    },
    training: {
      ...(order.epochs === undefined && { steps }),
      validate_every_steps: Math.ceil(steps / ROUNDS),
      ...(stops && {
        early_stopping: { patience_epochs: Math.ceil((PATIENCE * steps) / stepsPerEpoch), minimum_gain: 0 },
      }),
      minibatch_size,
      optimizer: createAdam(LEARNING_RATE),
      gradient_norm_limit: GRADIENT_NORM_LIMIT,
      learning_rate_schedule: { name: 'cosine', final_factor: 0 },
      initializer: steps < SHORT_BUDGET ? 'fan_in' : 'paper',
      validation_fraction,
      ...(mayMiss && canMask(order) && { masking: { name: 'random', share_of_rows: MASKED_SHARE } }),
    },
  };
}

function chooseMinibatch(trainRows: number): number {
  const usual = trainRows < MINIBATCH.largeFromRows ? MINIBATCH.small : MINIBATCH.large;
  return Math.min(usual, Math.max(1, trainRows));
}

function chooseSteps(
  { epochs }: TrainingOrder,
  { train, stepsPerEpoch, inputs }: { train: number; stepsPerEpoch: number; inputs: number },
): number {
  if (epochs !== undefined) return Math.ceil(epochs * stepsPerEpoch);
  const steps = clamp(STEPS.perRow * train, STEPS.smallest, STEPS.largest);
  return inputs <= STEPS.wideFrom
    ? steps
    : Math.max(STEPS.smallestWide, Math.round((steps * STEPS.wideFrom) / inputs));
}

/** 200 rows if that is between a tenth and a third of the rows; at most 10,000. */
function chooseValidationFraction({ rows: all, test_rows: test }: Known): number {
  const rows = Math.max(1, all - test);
  const { wanted, smallestShare, largestShare, largest } = VALIDATION;
  const share = clamp(wanted / rows, smallestShare, largestShare);
  return Number(Math.min(share, largest / rows).toFixed(4));
}

const createNetwork = (): NetworkSpec => ({
  name: 'mlp',
  hidden_sizes: [...HIDDEN_SIZES],
  activation: 'tanh',
});

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
