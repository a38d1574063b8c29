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
  // What one search has learned about the function narrows the next.
  const known: Point[] = [];
  const evaluate = (x: number): Point => {
    const point = { x, value: cumulative(x) };
    known.push(point);
    return point;
  };
  const ends = startBracket(mixture);
  ends.forEach(evaluate);
  return probabilities.map((p) =>
    findRoot(evaluate, p, bracket(known, evaluate, p, widestOf(mixture)), tolerance),
  );
}

/** A number and the distribution function there. */
interface Point {
  readonly x: number;
  readonly value: number;
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
  const evaluate = (x: number): Point => ({ x, value: cumulative(x) });
  return probabilities.map((p) => {
    const known = startBracket(mixture).map(evaluate);
    let [low, high] = [-1, Math.ceil(bracket(known, evaluate, p, widestOf(mixture))[1].x)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (cumulative(middle) < p) low = middle;
      else high = middle;
    }
    return Math.max(high, 0);
  });
}

const widestOf = ({ parts }: Mixture): number => Math.max(...parts.map(({ spread }) => spread));

/** Numbers around the centers of all parts. */
function startBracket(mixture: Mixture): [low: number, high: number] {
  const centers = mixture.parts.map(({ center }) => center);
  const widest = widestOf(mixture);
  return [Math.min(...centers) - widest, Math.max(...centers) + widest];
}

/** The nearest known points around p; if there is none on a side, looks for one outward. */
function bracket(
  known: readonly Point[],
  evaluate: (x: number) => Point,
  p: number,
  widest: number,
): [low: Point, high: Point] {
  const sorted = known.toSorted((a, b) => a.x - b.x);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) throw new RangeError('no point is known');
  let low = sorted.findLast(({ value }) => value <= p) ?? first;
  let high = sorted.find(({ value }) => value >= p) ?? last;
  for (let [step, i] = [widest, 0]; low.value > p && i < MOST_STEPS; i++, step *= 2)
    low = evaluate(low.x - step);
  for (let [step, i] = [widest, 0]; high.value < p && i < MOST_STEPS; i++, step *= 2)
    high = evaluate(high.x + step);
  return [low, high];
}

/**
 * Where a rising function reaches p, by Chandrupatla's method (Advances in Engineering Software 28, 1997): inverse quadratic
 * interpolation where the last three points allow it, otherwise halving.
 */
function findRoot(
  evaluate: (x: number) => Point,
  p: number,
  [from, to]: readonly [Point, Point],
  tolerance: number,
): number {
  // The root lies between `last` and `other`; `before` is the point that the last one replaced.
  let [last, other] = [subtract(from, p), subtract(to, p)];
  for (const { x, value } of [last, other]) if (Math.abs(value) < LEAST_DIFFERENCE) return x;
  let share = last.value / (last.value - other.value);
  for (let i = 0; i < MOST_STEPS; i++) {
    const next = subtract(evaluate(last.x + share * (other.x - last.x)), p);
    if (Math.abs(next.value) < LEAST_DIFFERENCE) return next.x;
    const isSameSide = next.value > 0 === last.value > 0;
    const before = isSameSide ? last : other;
    if (!isSameSide) other = last;
    last = next;
    const width = Math.abs(other.x - last.x);
    if (width < tolerance) break;
    const least = tolerance / 2 / width;
    share = Math.min(1 - least, Math.max(least, interpolate(last, other, before)));
  }
  return (last.x + other.x) / 2;
}

const subtract = ({ x, value }: Point, p: number): Point => ({ x, value: value - p });

/** The share of the way from `last` to `other` at which a parabola through the three points is 0; half where it is not monotonic. */
function interpolate(last: Point, other: Point, before: Point): number {
  const [a, b, c] = [last.value, other.value, before.value];
  const place = (last.x - other.x) / (before.x - other.x);
  const height = (a - b) / (c - b);
  if (height ** 2 >= place || (1 - height) ** 2 >= 1 - place) return 0.5;
  const reach = (before.x - last.x) / (other.x - last.x);
  return ((a / (b - a)) * c) / (b - c) + ((reach * a) / (c - a)) * (b / (c - b));
}
