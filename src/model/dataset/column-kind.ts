import { LIKELIHOOD_LIMITS } from '../spec/likelihood.ts';
import { LARGEST_COUNT, SMALLEST_POSITIVE } from '../spec/likelihood-domain.ts';
import { DISTINCT_LIMIT, type ColumnSummary } from './column.ts';

/** What the values of a column look like. */
export const COLUMN_KINDS = [
  'empty',
  'constant',
  'binary',
  'grey',
  'count',
  'category',
  'real',
  'positive',
  'text',
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

export interface KindDecision {
  readonly kind: ColumnKind;
  /** Why, in a clause about the column's values. */
  readonly reason: string;
  /** category: what codes 0, 1, ... stand for. */
  readonly labels?: readonly string[];
}

/** Whole numbers of more values than these are no categories. */
const MOST_CODES = 20;
/** Nats a value that a Poisson with the same mean loses on a column of counts at most. */
const POISSON_LOSS = 0.05;
/** Nats a value by which a log-normal must be the better fit. */
const LOG_NORMAL_GAIN = 0.1;
/** A count's variance lies between these multiples of its mean. */
const [LEAST_DISPERSION, MOST_DISPERSION] = [0.5, 20];

type Rule = (column: ColumnSummary) => KindDecision | null;

const when = (condition: boolean, kind: ColumnKind, reason: string): KindDecision | null =>
  condition ? { kind, reason } : null;

const empty: Rule = ({ rows, missing }) => when(missing === rows, 'empty', 'there is no value');

const constant: Rule = ({ counts }) =>
  when(counts?.size === 1, 'constant', `every value is ${[...(counts?.keys() ?? [])].join('')}`);

const labelled: Rule = ({ labelled: count, counts }) => {
  if (count === 0) return null;
  if (!counts) return { kind: 'text', reason: `there are more than ${DISTINCT_LIMIT} different texts` };
  const labels = [...counts.keys()].sort();
  return { kind: 'category', reason: `${labels.length} different labels`, labels };
};

const binary: Rule = ({ rows, missing, zeros, ones }) =>
  when(zeros + ones === rows - missing, 'binary', 'every value is 0 or 1');

const grey: Rule = ({ minimum, maximum }) =>
  when(minimum >= 0 && maximum <= 1, 'grey', 'values lie between 0 and 1');

const category: Rule = (column) => {
  const { counts, integers, minimum, maximum } = column;
  if (!integers || minimum < 0 || !counts || counts.size > MOST_CODES) return null;
  if (maximum >= LIKELIHOOD_LIMITS.categories) return null;
  const loss = poissonLoss(column, counts);
  if (loss <= POISSON_LOSS) return null;
  const labels = [...counts.keys()].sort((a, b) => Number(a) - Number(b));
  const reason = `${labels.length} different whole numbers, which a Poisson does not explain (${loss.toFixed(2)} nats lost a value)`;
  return { kind: 'category', reason, labels };
};

const count: Rule = ({ counts, integers, minimum, maximum, mean, variance }) => {
  if (!integers || minimum < 0 || maximum > LARGEST_COUNT) return null;
  const few = counts !== null && counts.size <= MOST_CODES;
  const spread = variance >= LEAST_DISPERSION * mean && variance <= MOST_DISPERSION * mean;
  return when(
    few || (spread && minimum <= mean / 4),
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
const RULES: readonly Rule[] = [empty, labelled, constant, binary, grey, category, count, positive];

export function decideKind(column: ColumnSummary): KindDecision {
  for (const rule of RULES) {
    const decision = rule(column);
    if (decision) return decision;
  }
  return { kind: 'real', reason: 'numbers of any size' };
}

/** KL(observed, Poisson of the same mean) for a column of few whole numbers, in nats. */
function poissonLoss({ mean }: ColumnSummary, counts: ReadonlyMap<string, number>): number {
  const total = [...counts.values()].reduce((sum, times) => sum + times, 0);
  return [...counts].reduce((sum, [text, times]) => {
    const [share, value] = [times / total, Number(text)];
    return sum + share * (Math.log(share) - (value * Math.log(mean) - mean - logFactorial(value)));
  }, 0);
}

function logFactorial(value: number): number {
  return Array.from({ length: value }, (_, i) => Math.log(i + 1)).reduce((sum, term) => sum + term, 0);
}
