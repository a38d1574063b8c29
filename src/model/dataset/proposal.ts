import type { BinarizationName } from '../specification/binarization.ts';
import type { LikelihoodSpec } from '../specification/likelihood.ts';
import { proposeColumn, SMALLEST_DEVIATION } from './column-proposal.ts';
import { LIKELIHOOD_LIMITS } from '../specification/limits.ts';
import { continuousBernoulliScore } from './continuous-bernoulli-fit.ts';
import type { ColumnKind } from './column-kind.ts';
import type { ColumnProfile, DatasetProfile } from './profile.ts';

/** A likelihood for the data, and why. */
export interface Proposal {
  /** Null if no likelihood suits the data. */
  readonly likelihood: LikelihoodSpec | null;
  readonly binarization: BinarizationName;
  readonly reasons: readonly string[];
}

/** If at least this share of grey values is exactly 0 or 1, they are black-and-white pictures with soft edges. */
const BLACK_AND_WHITE = 0.5;

export function propose(profile: DatasetProfile): Proposal {
  const { columns, per_column: perColumn } = profile;
  if (columns.some(({ role }) => role !== undefined)) return proposeRoles(columns);
  const complete = columns.every(({ missing }) => missing === 0);
  const words = columns.some(({ labels }) => labels);
  const together = complete && !words ? proposeTogether(columns) : null;
  if (together) return together;
  if (!perColumn) return complete ? proposeReal() : NOTHING;
  const everyRealOrConstant = complete && !words && columns.every(({ kind }) => REAL_KINDS.has(kind));
  return everyRealOrConstant ? proposeReal() : proposeTable(columns);
}

const NOTHING: Proposal = {
  likelihood: null,
  binarization: 'none',
  reasons: [
    `Values are missing, which only the likelihood mixed explains: it has one entry for each element of a row, ${LIKELIHOOD_LIMITS.columns} at most.`,
  ],
};

const REAL_KINDS: ReadonlySet<ColumnKind> = new Set(['real', 'grey', 'constant']);

/** One likelihood that suits all values; null if there is none or it is the one for real numbers. */
function proposeTogether(columns: readonly ColumnProfile[]): Proposal | null {
  const varying = columns.filter(({ kind }) => kind !== 'constant');
  const kinds = new Set((varying.length > 0 ? varying : columns).map(({ kind }) => kind));
  const only = (...allowed: ColumnKind[]) => [...kinds].every((kind) => allowed.includes(kind));
  const counts = varying.filter(({ kind }) => kind === 'count').length >= varying.length / 2;
  const within = (low: number, high: number) =>
    columns.every(({ minimum, maximum }) => (minimum ?? NaN) >= low && (maximum ?? NaN) <= high);
  const integers = columns.every((column) => column.integers);
  if (only('binary', 'constant') && within(0, 1) && integers)
    return createProposal({ family: 'bernoulli' }, 'Every value is 0 or 1.');
  if (only('binary', 'grey') && within(0, 1)) return proposeGrey(columns);
  if (counts && only('count', 'binary') && within(0, Infinity) && integers)
    return createProposal(
      { family: 'poisson' },
      'Every value is a whole number of at least 0, and most columns look like counts.',
    );
  return null;
}

const createProposal = (likelihood: LikelihoodSpec, ...reasons: string[]): Proposal => ({
  likelihood,
  binarization: 'none',
  reasons,
});

/** Grey values have three options: bits drawn from them, a density on [0, 1], or a Gaussian with its mean in (0, 1). */
function proposeGrey(columns: readonly ColumnProfile[]): Proposal {
  const extremes = mean(columns.map((column) => column.extremes));
  const share = `${(100 * extremes).toFixed(0)} % of the values are exactly 0 or 1`;
  if (extremes >= BLACK_AND_WHITE)
    return {
      ...createProposal(
        { family: 'bernoulli' },
        `Values lie between 0 and 1, most of them at the ends (${share}), where a density would be unbounded. They are treated as the probability of a 1, drawn again at every step.`,
      ),
      binarization: 'dynamic',
    };
  const gain = mean(columns.map(computeGaussianGain));
  const found = `Values lie between 0 and 1 and are mostly grey (${share})`;
  if (gain <= 0)
    return createProposal(
      { family: 'continuous_bernoulli' },
      `${found}: a density on [0, 1] fits them as they are.`,
    );
  return createProposal(
    {
      family: 'gaussian',
      mean: 'unit_interval',
      variance: 'per_element',
      minimum_standard_deviation: SMALLEST_DEVIATION,
    },
    `${found} and vary little: a Gaussian with its mean in (0, 1) fits them better than the continuous Bernoulli (by ${gain.toFixed(2)} nats a value before anything is learned).`,
  );
}

/** Mean log density of the best Gaussian minus that of the best continuous Bernoulli. */
function computeGaussianGain({ mean, variance }: ColumnProfile): number {
  const spread = Math.max(variance ?? 0, SMALLEST_DEVIATION ** 2);
  return -0.5 * Math.log(2 * Math.PI * Math.E * spread) - continuousBernoulliScore(mean ?? 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function proposeReal(): Proposal {
  return createProposal(
    {
      family: 'gaussian',
      mean: 'free',
      variance: 'per_element',
      standardise: 'per_element',
      minimum_standard_deviation: SMALLEST_DEVIATION,
    },
    'Values are real numbers: each column is shifted and scaled to mean 0 and variance 1.',
    `Standard deviations stay above ${SMALLEST_DEVIATION} of each column's own, so that the density of repeated values stays bounded.`,
  );
}

function proposeTable(columns: readonly ColumnProfile[]): Proposal {
  return createMixed(
    columns,
    'The columns are of different kinds, hold words or have missing values: each has its own likelihood.',
  );
}

function createMixed(columns: readonly ColumnProfile[], ...reasons: string[]): Proposal {
  const spec: LikelihoodSpec = { family: 'mixed', columns: columns.map(proposeColumn) };
  const missing = columns.some((column) => column.missing > 0);
  return createProposal(
    spec,
    ...reasons,
    ...(missing
      ? ['Missing values add nothing to the bound, and the encoder gets an indicator of them.']
      : []),
    ...spec.columns.map(({ likelihood }, i) => describeColumn(columns[i], likelihood.family)),
  );
}

const describeColumn = (column: ColumnProfile | undefined, family: string): string =>
  column === undefined ? '' : `${column.name}: ${column.reason} (${family}).`;

/** The columns of a table with roles. */
const proposeRoles = (columns: readonly ColumnProfile[]): Proposal =>
  createMixed(
    columns,
    'Each column has the likelihood that its role and its values call for.',
    'So that every value has a probability, codes and counts have an extra outcome, other, and numbers a small share of outliers.',
  );
