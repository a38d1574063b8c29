import type { NumberDistribution } from './column-marginals.ts';

/** A mixture of distributions of numbers: sum over l of weight_l p_l, weights with sum 1. */
export interface Mixture {
  readonly weights: readonly number[];
  readonly parts: readonly NumberDistribution[];
}

/** Quantiles are found to this share of the smallest spread. */
const PRECISION = 1e-4;
const MOST_STEPS = 200;

/** The numbers where the distribution function of the mixture reaches each p, in the order of p. */
export function findQuantiles(mixture: Mixture, probabilities: readonly number[]): number[] {
  const cumulative = (x: number) =>
    mixture.parts.reduce((sum, part, l) => sum + (mixture.weights[l] ?? 0) * part.cumulative(x), 0);
  const tolerance = PRECISION * Math.min(...mixture.parts.map(({ spread }) => spread));
  return probabilities.map((p) => {
    const [low, high] = bracket(mixture, cumulative, p);
    return bisect(cumulative, p, low, high, tolerance);
  });
}

/** The smallest counts where the distribution function reaches each p. */
export function findCountQuantiles(mixture: Mixture, probabilities: readonly number[]): number[] {
  const cumulative = (x: number) =>
    mixture.parts.reduce((sum, part, l) => sum + (mixture.weights[l] ?? 0) * part.cumulative(x), 0);
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

function bisect(
  cumulative: (x: number) => number,
  p: number,
  from: number,
  to: number,
  tolerance: number,
): number {
  let [low, high] = [from, to];
  for (let i = 0; high - low > tolerance && i < MOST_STEPS; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (cumulative(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
