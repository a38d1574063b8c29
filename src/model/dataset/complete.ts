import {
  isShared,
  needsStatistics,
  needsTransform,
  type LikelihoodSpec,
  type SharedLikelihood,
} from '../specification/likelihood.ts';
import { rulesOfColumn, type ColumnLikelihoodSpec } from '../specification/likelihoods/mixed.ts';
import type { ElementStatistics } from './statistics.ts';

/** value = shift + scale * standardised. */
export interface Transform {
  readonly shift: number;
  readonly scale: number;
}

/** A variance below this share of the squared mean is a constant's rounding error. */
const ROUNDING = 1e-12;
/** The scale of the broad distribution of outliers in standard deviations: half of its mass lies this close to the mean. */
const OUTLIER_SPREADS = 5;
/** A share of unseen words and the like stays below it, even if every word occurs once. */
const LARGEST_OTHER_SHARE = 0.5;
/** Scales and centres stay between these, so that float32 holds them, their reciprocals and some multiples. */
const [SMALLEST_SCALE, LARGEST_SCALE] = [1e-30, 1e30];

/** Shift and scale that give these values mean 0 and variance 1; a constant is only shifted. */
export function transformOf(mean: number, variance: number): Transform {
  if (!Number.isFinite(mean)) return { shift: 0, scale: 1 };
  const varies = variance > ROUNDING * mean * mean;
  return { shift: mean, scale: varies ? Math.sqrt(variance) : 1 };
}

/**
 * Adds the numbers that the specification asks for and does not have, from statistics of the training rows: transforms, and
 * the shares, locations and scales of robust columns. It keeps given numbers, so it is idempotent.
 */
export function completeLikelihood(
  likelihood: LikelihoodSpec,
  statistics: ElementStatistics,
): LikelihoodSpec {
  if (!needsStatistics(likelihood)) return likelihood;
  if (isShared(likelihood)) return addTransform(likelihood, statistics);
  const columns = likelihood.columns.map((column, i) => ({
    ...column,
    likelihood: completeColumn(column.likelihood, i, statistics),
  }));
  return { ...likelihood, columns };
}

function addTransform(likelihood: SharedLikelihood, statistics: ElementStatistics): SharedLikelihood {
  if (!('standardise' in likelihood)) return likelihood;
  const transforms = Array.from(statistics.mean, (mean, i) => transformOf(mean, statistics.variance[i] ?? 0));
  const transform = {
    shift: transforms.map(({ shift }) => shift),
    scale: transforms.map(({ scale }) => scale),
  };
  return { ...likelihood, transform };
}

function completeColumn(
  given: ColumnLikelihoodSpec,
  i: number,
  statistics: ElementStatistics,
): ColumnLikelihoodSpec {
  const isLog = rulesOfColumn(given).statistics === 'log_moments';
  const { mean, variance, logMean, logVariance } = statistics;
  const moments = isLog ? { mean: logMean, variance: logVariance } : { mean, variance };
  const transform = transformOf(moments.mean?.[i] ?? 0, moments.variance?.[i] ?? 0);
  return addOther(
    addOutliers(addColumnTransform(given, transform), transform, isLog),
    statistics.otherShares?.[i],
  );
}

function addColumnTransform(given: ColumnLikelihoodSpec, transform: Transform): ColumnLikelihoodSpec {
  return needsTransform(given) && 'standardise' in given ? { ...given, transform } : given;
}

/** The centre and the scale of the broad distribution, in the units of the data. */
function addOutliers(given: ColumnLikelihoodSpec, moments: Transform, isLog: boolean): ColumnLikelihoodSpec {
  if (!('outliers' in given)) return given;
  const { shift, scale } = isLog ? exponentiate(moments) : moments;
  const reach = Math.min(Math.max(OUTLIER_SPREADS * scale, SMALLEST_SCALE), LARGEST_SCALE);
  if (given.family === 'poisson' || given.family === 'negative_binomial')
    return { ...given, outliers: { scale: Math.max(1, shift + reach), ...given.outliers } };
  return { ...given, outliers: { location: shift, scale: reach, ...given.outliers } };
}

/** The median of e^y, and half the distance between e^y one standard deviation above and below the mean of y. */
function exponentiate({ shift, scale }: Transform): Transform {
  const limit = (value: number) => Math.min(value, LARGEST_SCALE);
  return { shift: limit(Math.exp(shift)), scale: limit(Math.exp(shift) * Math.sinh(scale)) };
}

function addOther(given: ColumnLikelihoodSpec, estimate = 1): ColumnLikelihoodSpec {
  if (!('other' in given)) return given;
  return { ...given, other: { share: Math.min(estimate, LARGEST_OTHER_SHARE), ...given.other } };
}
