import type { ColumnLikelihoodSpec, ColumnSpec } from '../specification/likelihoods/mixed.ts';
import { OUTLIER_SHARE } from '../specification/likelihoods/robust.ts';
import type { ColumnKind } from './column-kind.ts';
import { hasOtherOutcome } from './described-features.ts';
import { isFlag } from './labels.ts';
import type { ColumnProfile } from './profile.ts';

/** Of standardised values: keeps the density of repeated values bounded. */
export const SMALLEST_DEVIATION = 0.01;
const DEGREES_OF_FREEDOM = 5;

const REAL = { standardise: 'per_element', minimum_standard_deviation: SMALLEST_DEVIATION } as const;
const GAUSSIAN: ColumnLikelihoodSpec = { family: 'gaussian', ...REAL };
const STUDENT_T: ColumnLikelihoodSpec = {
  family: 'student_t',
  standardise: 'per_element',
  degrees_of_freedom: DEGREES_OF_FREEDOM,
  minimum_scale: SMALLEST_DEVIATION,
};

/** For categorical, chooseLikelihood sets the number of categories. */
const COLUMN_LIKELIHOODS: { readonly [Kind in ColumnKind]: ColumnLikelihoodSpec } = {
  empty: GAUSSIAN,
  constant: GAUSSIAN,
  binary: { family: 'bernoulli' },
  grey: GAUSSIAN,
  count: { family: 'poisson' },
  overdispersed: { family: 'negative_binomial' },
  categorical: { family: 'categorical', categories: 1 },
  real: GAUSSIAN,
  positive: { family: 'log_normal', ...REAL },
  heavy_tailed: STUDENT_T,
};

/** The column of a mixed likelihood that suits these values. */
export function proposeColumn(column: ColumnProfile): ColumnSpec {
  const { name, labels, missing, role } = column;
  const likelihood = chooseLikelihood(column);
  return {
    name,
    likelihood: role === undefined ? likelihood : makeRobust(likelihood, hasOtherOutcome(role)),
    missing: missing > 0,
    ...(labels && { labels }),
  };
}

function chooseLikelihood(column: ColumnProfile): ColumnLikelihoodSpec {
  const { kind, labels, minimum, maximum, role } = column;
  if (role === 'flag' || (labels && isFlag(labels))) return { family: 'bernoulli' };
  if (labels) return { family: 'categorical', categories: Math.max(1, labels.length) };
  if (role === 'count' && (kind === 'constant' || kind === 'empty')) return COLUMN_LIKELIHOODS.count;
  if (kind === 'categorical') return { family: 'categorical', categories: (maximum ?? 0) + 1 };
  if (role === undefined && kind === 'constant' && (minimum === 0 || minimum === 1))
    return { family: 'bernoulli' };
  return COLUMN_LIKELIHOODS[kind];
}

/** Adds the outcome `other` to codes and counts, and outliers to counts and numbers (docs/method.md). */
function makeRobust(likelihood: ColumnLikelihoodSpec, hasOther: boolean): ColumnLikelihoodSpec {
  const outliers = { share: OUTLIER_SHARE };
  switch (likelihood.family) {
    case 'bernoulli':
    case 'categorical':
      return hasOther ? { ...likelihood, other: {} } : likelihood;
    case 'poisson':
    case 'negative_binomial':
      return { ...likelihood, other: {}, outliers };
    case 'gaussian':
    case 'student_t':
    case 'log_normal':
      return { ...likelihood, outliers };
  }
}
