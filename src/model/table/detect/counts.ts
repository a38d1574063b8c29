import type { Facts } from './facts.ts';

/** Counts with a larger mean are measured as well by a density. */
const LARGEST_MEAN = 100;
/** Least variance as a multiple of the mean: a Poisson has 1. */
const LEAST_DISPERSION = 0.5;
/** Least skewness as a share of what a Poisson or negative binomial of the same mean and variance has. */
const LEAST_SKEWNESS = 0.25;
const FEWEST_VALUES = 3;

/**
 * Whether whole numbers are distributed like counts: they begin at 0 or 1, have a small mean, no common divisor, and the variance
 * and skewness of a Poisson or negative binomial.
 */
export function looksLikeCounts({ hints, numbers }: Facts): boolean {
  const { minimum, integers, units, grouping } = numbers;
  if (hints.isMeasure || !integers || units.size > 0 || grouping !== null) return false;
  if (minimum !== 0 && minimum !== 1) return false;
  const values = numbers.sample.values();
  const { mean, variance, skewness } = computeMoments(values);
  if (minimum > mean / 2 || mean > LARGEST_MEAN || variance < LEAST_DISPERSION * mean) return false;
  if (new Set(values).size < FEWEST_VALUES || findDivisor(values) > 1) return false;
  return skewness >= LEAST_SKEWNESS * computeCountSkewness(mean, variance);
}

/** Of a negative binomial with this mean and variance; of a Poisson if the variance is not larger. */
function computeCountSkewness(mean: number, variance: number): number {
  const dispersion = Math.max(1, variance / mean);
  return (2 * dispersion - 1) / Math.sqrt(Math.max(variance, mean));
}

function computeMoments(values: readonly number[]) {
  const average = (of: (value: number) => number): number =>
    values.reduce((sum, value) => sum + of(value), 0) / Math.max(1, values.length);
  const mean = average((value) => value);
  const variance = average((value) => (value - mean) ** 2);
  const skewness = variance > 0 ? average((value) => (value - mean) ** 3) / variance ** 1.5 : 0;
  return { mean, variance, skewness };
}

/** The greatest common divisor; 0 if all values are 0. */
function findDivisor(values: readonly number[]): number {
  const divide = (a: number, b: number): number => (b === 0 ? a : divide(b, a % b));
  return values.reduce((divisor, value) => divide(divisor, value), 0);
}
