import { LARGEST_COUNT, SMALLEST_POSITIVE } from '../specification/likelihoods/domain.ts';
import type { ColumnSummary } from './column.ts';
import { isFlag } from './labels.ts';

/** What the values of a column look like. */
export const COLUMN_KINDS = [
  'empty',
  'constant',
  'binary',
  'grey',
  'count',
  'categorical',
  'real',
  'positive',
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

export interface KindDecision {
  readonly kind: ColumnKind;
  /** Why, in a clause about the column's values. */
  readonly reason: string;
}

/** Whole numbers of more values than these, or larger ones, are no categories. */
const MOST_CODES = 20;
const LARGEST_CODE = 63;
/** Nats a value that a Poisson with the same mean loses on a column of counts at most. */
const POISSON_LOSS = 0.05;
/** Nats a value by which a log-normal must be the better fit. */
const LOG_NORMAL_GAIN = 0.1;
/** A count's variance lies between these multiples of its mean. */
const [LEAST_DISPERSION, MOST_DISPERSION] = [0.5, 20];

type Rule = (column: ColumnSummary, labels?: readonly string[]) => KindDecision | null;

const when = (condition: boolean, kind: ColumnKind, reason: string): KindDecision | null =>
  condition ? { kind, reason } : null;

const empty: Rule = ({ rows, missing }) => when(missing === rows, 'empty', 'there is no value');

const constant: Rule = ({ minimum, maximum }, labels) =>
  when(minimum === maximum, 'constant', `every value is ${labels?.[minimum] ?? minimum}`);

const labelled: Rule = (_column, labels) => {
  if (!labels) return null;
  if (isFlag(labels)) return { kind: 'binary', reason: `every value is ${labels.join(' or ')}` };
  return { kind: 'categorical', reason: `${labels.length} different words` };
};

const binary: Rule = ({ rows, missing, zeros, ones }) =>
  when(zeros + ones === rows - missing, 'binary', 'every value is 0 or 1');

const grey: Rule = ({ minimum, maximum }) =>
  when(minimum >= 0 && maximum <= 1, 'grey', 'values lie between 0 and 1');

const categorical: Rule = (column) => {
  const { counts, integers, minimum, maximum } = column;
  if (!integers || minimum < 0 || maximum > LARGEST_CODE) return null;
  if (!counts || counts.size > MOST_CODES) return null;
  const loss = poissonLoss(column, counts);
  if (loss <= POISSON_LOSS) return null;
  const reason = `${counts.size} different whole numbers, which a Poisson does not explain (${loss.toFixed(2)} nats lost a value)`;
  return { kind: 'categorical', reason };
};

const count: Rule = ({ counts, integers, minimum, maximum, mean, variance }) => {
  if (!integers || minimum < 0 || maximum > LARGEST_COUNT) return null;
  const few = counts !== null && counts.size <= MOST_CODES;
  const spread = variance >= LEAST_DISPERSION * mean && variance <= MOST_DISPERSION * mean;
  return when(
    (few && maximum <= LARGEST_CODE) || (spread && minimum <= mean / 4),
    'count',
    'whole numbers from near 0, spread like counts',
  );
};

const positive: Rule = ({ log, minimum, variance }) => {
  if (!log || log.variance === 0 || minimum < SMALLEST_POSITIVE) return null;
  const gain = 0.5 * Math.log(variance / log.variance) - log.mean;
  const reason = `above 0, and the logarithm is closer to a Gaussian (${gain.toFixed(2)} nats a value)`;
  return when(gain > LOG_NORMAL_GAIN, 'positive', reason);
};

/** The first that applies decides. */
const RULES: readonly Rule[] = [empty, constant, labelled, binary, grey, categorical, count, positive];

/** `labels`: the words that codes 0, 1, ... stand for, in a column of words. */
export function decideKind(column: ColumnSummary, labels?: readonly string[]): KindDecision {
  for (const rule of RULES) {
    const decision = rule(column, labels);
    if (decision) return decision;
  }
  return { kind: 'real', reason: 'numbers of any size' };
}

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
