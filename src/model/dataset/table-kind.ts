import { SMALLEST_POSITIVE } from '../specification/likelihoods/domain.ts';
import type { ColumnSummary } from './column.ts';
import { computeLogNormalGain, type KindDecision } from './column-kind.ts';
import type { FeatureRole } from './described-features.ts';
import { computeStudentGain } from './tails.ts';

/** Minimum gain, in nats a value, of another density over a Gaussian. */
const LEAST_GAIN = 0.1;
/** A Poisson has a variance equal to its mean. */
const MOST_DISPERSION = 1.3;

type KindRule = (column: ColumnSummary) => KindDecision;

const decideNumber: KindRule = (column) => {
  const [student, logNormal] = [computeStudentGain(column.sample), computeGain(column)];
  if (logNormal > LEAST_GAIN && logNormal >= student)
    return {
      kind: 'positive',
      reason: `above 0, and the logarithm is closer to a Gaussian (${logNormal.toFixed(2)} nats a value)`,
    };
  if (student > LEAST_GAIN)
    return {
      kind: 'heavy_tailed',
      reason: `numbers with heavy tails, closer to a Student t than to a Gaussian (${student.toFixed(2)} nats a value)`,
    };
  return { kind: 'real', reason: 'numbers' };
};

const decideCount: KindRule = ({ mean, variance }) =>
  variance > MOST_DISPERSION * mean
    ? {
        kind: 'overdispersed',
        reason: `counts whose variance is ${(variance / mean).toFixed(1)} times the mean`,
      }
    : { kind: 'count', reason: 'counts' };

const always =
  (kind: KindDecision['kind'], reason: string): KindRule =>
  () => ({ kind, reason });

/** An exhaustive table: what a feature of each role can be. */
const RULES: { readonly [Role in FeatureRole]: KindRule } = {
  number: decideNumber,
  count: decideCount,
  flag: always('binary', 'yes or no'),
  category: always('categorical', 'words'),
  time: always('real', 'time'),
  hour: always('categorical', 'the hour of the day'),
  weekday: always('categorical', 'the day of the week'),
  month: always('categorical', 'the month of the year'),
};

/** The kind of a feature of a table: its role decides, and for numbers and counts also how they are spread. */
export function decideFeatureKind(role: FeatureRole, column: ColumnSummary): KindDecision {
  const { rows, missing, others, minimum, maximum } = column;
  if (missing + others === rows) return { kind: 'empty', reason: 'there is no value' };
  const decided = RULES[role](column);
  if (minimum !== maximum || decided.kind === 'categorical') return decided;
  return { kind: 'constant', reason: 'there is only one value' };
}

function computeGain(column: ColumnSummary): number {
  if (!column.log || column.log.variance === 0 || column.minimum < SMALLEST_POSITIVE) return 0;
  return computeLogNormalGain(column.variance, column.log);
}
