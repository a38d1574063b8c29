import { LARGEST_COUNT, SMALLEST_POSITIVE } from '../specification/likelihoods/domain.ts';
import type { ColumnSummary } from './column.ts';
import { isFlag } from './labels.ts';

/** Kinds of columns, by their values. */
export const COLUMN_KINDS = [
  'empty',
  'constant',
  'binary',
  'grey',
  'count',
  'categorical',
  'real',
  'positive',
  'overdispersed',
  'heavy_tailed',
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

export interface KindDecision {
  readonly kind: ColumnKind;
  /** Why, in a clause about the column's values. */
  readonly reason: string;
}

/** Columns with more different whole numbers, or larger ones, are not categorical. */
const MOST_CODES = 20;
const LARGEST_CODE = 63;
/** Maximum loss, in nats per value, of a Poisson with the same mean on a column of counts. */
const POISSON_LOSS = 0.05;
/** Minimum gain, in nats per value, of a log-normal over a Gaussian. */
const LOG_NORMAL_GAIN = 0.1;
/** The variance of counts is between these multiples of their mean. */
const [LEAST_DISPERSION, MOST_DISPERSION] = [0.5, 20];

type Rule = (column: ColumnSummary, labels?: readonly string[]) => KindDecision | null;

const decideIf = (condition: boolean, kind: ColumnKind, reason: string): KindDecision | null =>
  condition ? { kind, reason } : null;

const checkEmpty: Rule = ({ rows, missing }) => decideIf(missing === rows, 'empty', 'there is no value');

const checkConstant: Rule = ({ minimum, maximum }, labels) =>
  decideIf(minimum === maximum, 'constant', `every value is ${labels?.[minimum] ?? minimum}`);

const checkLabels: Rule = (_column, labels) => {
  if (!labels) return null;
  if (isFlag(labels)) return { kind: 'binary', reason: `every value is ${labels.join(' or ')}` };
  return { kind: 'categorical', reason: `${labels.length} different words` };
};

const checkBinary: Rule = ({ rows, missing, zeros, ones }) =>
  decideIf(zeros + ones === rows - missing, 'binary', 'every value is 0 or 1');

const checkGrey: Rule = ({ minimum, maximum }) =>
  decideIf(minimum >= 0 && maximum <= 1, 'grey', 'values lie between 0 and 1');

const checkCategorical: Rule = (column) => {
  const { counts, integers, minimum, maximum } = column;
  if (!integers || minimum < 0 || maximum > LARGEST_CODE) return null;
  if (!counts || counts.size > MOST_CODES) return null;
  const loss = poissonLoss(column, counts);
  if (loss <= POISSON_LOSS) return null;
  const reason = `${counts.size} different whole numbers, which a Poisson does not explain (${loss.toFixed(2)} nats lost a value)`;
  return { kind: 'categorical', reason };
};

const checkCount: Rule = ({ counts, integers, minimum, maximum, mean, variance }) => {
  if (!integers || minimum < 0 || maximum > LARGEST_COUNT) return null;
  const few = counts !== null && counts.size <= MOST_CODES;
  const spread = variance >= LEAST_DISPERSION * mean && variance <= MOST_DISPERSION * mean;
  return decideIf(
    (few && maximum <= LARGEST_CODE) || (spread && minimum <= mean / 4),
    'count',
    'whole numbers from near 0, spread like counts',
  );
};

const checkPositive: Rule = ({ log, minimum, variance }) => {
  if (!log || log.variance === 0 || minimum < SMALLEST_POSITIVE) return null;
  const gain = computeLogNormalGain(variance, log);
  const reason = `above 0, and the logarithm is closer to a Gaussian (${gain.toFixed(2)} nats a value)`;
  return decideIf(gain > LOG_NORMAL_GAIN, 'positive', reason);
};

/** The first rule that applies decides. */
const RULES: readonly Rule[] = [
  checkEmpty,
  checkConstant,
  checkLabels,
  checkBinary,
  checkGrey,
  checkCategorical,
  checkCount,
  checkPositive,
];

/** `labels`: the words for codes 0, 1, ... in a column of words. */
export function decideKind(column: ColumnSummary, labels?: readonly string[]): KindDecision {
  for (const rule of RULES) {
    const decision = rule(column, labels);
    if (decision) return decision;
  }
  return { kind: 'real', reason: 'numbers of any size' };
}

/** Mean log density of the best log-normal minus that of the best Gaussian, from variance and moments of log x. */
export const computeLogNormalGain = (
  variance: number,
  log: { readonly mean: number; readonly variance: number },
): number => 0.5 * Math.log(variance / log.variance) - log.mean;

/** KL(observed, Poisson of the same mean) for a column of few whole numbers, in nats. */
function poissonLoss({ mean }: ColumnSummary, counts: ReadonlyMap<number, number>): number {
  const total = [...counts.values()].reduce((sum, times) => sum + times, 0);
  return [...counts].reduce((sum, [value, times]) => {
    const share = times / total;
    return sum + share * (Math.log(share) - (value * Math.log(mean) - mean - logFactorial(value)));
  }, 0);
}

function logFactorial(value: number): number {
  return Array.from({ length: value }, (_, i) => Math.log(i + 1)).reduce((sum, term) => sum + term, 0);
}
