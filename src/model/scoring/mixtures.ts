import type { NumberDistribution } from './column-marginals.ts';

/** A mixture of distributions of numbers: sum over l of weight_l p_l, weights with sum 1. */
export interface Mixture {
  readonly weights: readonly number[];
  readonly parts: readonly NumberDistribution[];
}

/** Quantiles are found to this share of the smallest spread. */
const PRECISION = 1e-4;
/** Or to this difference in probability. */
const LEAST_DIFFERENCE = 1e-5;
const MOST_STEPS = 200;

/** The numbers where the distribution function of the mixture reaches each p, in the order of p. */
export function findQuantiles(mixture: Mixture, probabilities: readonly number[]): number[] {
  const cumulative = cumulativeOf(mixture);
  const tolerance = PRECISION * Math.min(...mixture.parts.map(({ spread }) => spread));
  return probabilities.map((p) =>
    findRoot((x) => cumulative(x) - p, bracket(mixture, cumulative, p), tolerance),
  );
}

function cumulativeOf({ weights, parts }: Mixture): (x: number) => number {
  return (x) => {
    let sum = 0;
    for (let l = 0; l < parts.length; l++) sum += (weights[l] ?? 0) * (parts[l]?.cumulative(x) ?? NaN);
    return sum;
  };
}

/** The smallest counts where the distribution function reaches each p. */
export function findCountQuantiles(mixture: Mixture, probabilities: readonly number[]): number[] {
  const cumulative = cumulativeOf(mixture);
  return probabilities.map((p) => {
    let [low, high] = [-1, Math.ceil(bracket(mixture, cumulative, p)[1])];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (cumulative(middle) < p) low = middle;
      else high = middle;
    }
    return Math.max(high, 0);
  });
}

/** Numbers between which the distribution function reaches p: from the centers outward. */
function bracket(
  { parts }: Mixture,
  cumulative: (x: number) => number,
  p: number,
): [low: number, high: number] {
  const widest = Math.max(...parts.map(({ spread }) => spread));
  let low = Math.min(...parts.map(({ center }) => center)) - widest;
  let high = Math.max(...parts.map(({ center }) => center)) + widest;
  for (let [step, i] = [widest, 0]; cumulative(low) > p && i < MOST_STEPS; i++, step *= 2) low -= step;
  for (let [step, i] = [widest, 0]; cumulative(high) < p && i < MOST_STEPS; i++, step *= 2) high += step;
  return [low, high];
}

/**
 * Where a rising function is 0, by false position with Illinois' correction (an end that stays counts half) and, every third
 * time, by halving, so that steep functions do not slow it down.
 */
function findRoot(
  fn: (x: number) => number,
  [from, to]: readonly [number, number],
  tolerance: number,
): number {
  let [low, high, atLow, atHigh] = [from, to, fn(from), fn(to)];
  for (let i = 1; high - low > tolerance && i < MOST_STEPS; i++) {
    const proposed = i % 3 === 0 ? (low + high) / 2 : high - (atHigh * (high - low)) / (atHigh - atLow);
    const middle = proposed > low && proposed < high ? proposed : (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const value = fn(middle);
    if (Math.abs(value) < LEAST_DIFFERENCE) return middle;
    if (value < 0) [low, atLow, atHigh] = [middle, value, atHigh / 2];
    else [high, atHigh, atLow] = [middle, value, atLow / 2];
  }
  return (low + high) / 2;
}
