import {
  negativeBinomialCumulative,
  normalCumulative,
  poissonCumulative,
  studentTCumulative,
} from '../distributions/quantiles/cumulative.ts';
import { partsOf } from '../distributions/likelihoods/columns.ts';
import type { ColumnOf } from '../specification/likelihood.ts';
import type { ColumnFamily } from '../specification/likelihoods/likelihoods.ts';
import {
  countCodes,
  type ColumnLikelihoodSpec,
  type ColumnSpec,
} from '../specification/likelihoods/mixed.ts';

/** p(x_j|z) of each kind of column in double precision, without tensors: what quantiles of its mixtures over z need. */

/** A distribution of numbers. */
export interface NumberDistribution {
  /** P(X <= x). */
  readonly cumulative: (x: number) => number;
  /** A number inside the bulk, and the distance over which the distribution function changes there. */
  readonly center: number;
  readonly spread: number;
}

export type ColumnMarginal =
  | {
      readonly kind: 'number';
      /** Whether all values are whole numbers from 0 on. */
      readonly isCount: boolean;
      /** From the decoder's outputs for the column. */
      readonly read: (outputs: readonly number[]) => NumberDistribution;
    }
  | {
      readonly kind: 'code';
      /** Probabilities of the codes 0, 1, ... from the decoder's outputs for the column. */
      readonly read: (outputs: readonly number[]) => readonly number[];
    };

type Marginals = { readonly [Name in ColumnFamily]: (spec: ColumnOf<Name>) => ColumnMarginal };

const MARGINALS: Marginals = {
  gaussian: (spec) => defineNumbers((outputs) => readGaussian(spec, outputs)),
  student_t: (spec) => {
    const { degrees_of_freedom: v, minimum_scale: minimum, transform = NO_TRANSFORM } = spec;
    const cumulative = tabulateStudentT(v);
    return defineNumbers(([location = NaN, spread = NaN]) => {
      const [center, scale] = [transform.shift + transform.scale * location, deviation(spread, minimum)];
      return locate(cumulative, center, transform.scale * scale);
    });
  },
  log_normal: (spec) =>
    defineNumbers((outputs) => {
      const { cumulative, center, spread } = readGaussian(spec, outputs);
      const median = Math.exp(center);
      return {
        cumulative: (x) => (x > 0 ? cumulative(Math.log(x)) : 0),
        center: median,
        spread: median * Math.min(spread, 1),
      };
    }),
  poisson: () =>
    defineCounts(([logRate = NaN]) => {
      const mean = Math.exp(logRate);
      return {
        cumulative: (x) => poissonCumulative(mean, Math.floor(x)),
        center: mean,
        spread: Math.sqrt(mean),
      };
    }),
  negative_binomial: () =>
    defineCounts(([logMean = NaN, given = NaN]) => {
      const [mean, count] = [Math.exp(logMean), Math.exp(Math.min(given, LARGEST_LOG_COUNT))];
      const cumulative = (x: number) => negativeBinomialCumulative(mean, count, Math.floor(x));
      return { cumulative, center: mean, spread: Math.sqrt(mean + mean ** 2 / count) };
    }),
  bernoulli: () => ({
    kind: 'code',
    read: ([logit = NaN]) => [1 / (1 + Math.exp(logit)), 1 / (1 + Math.exp(-logit))],
  }),
  categorical: () => ({ kind: 'code', read: softmax }),
};

/** As in distributions/likelihoods/negative-binomial.ts. */
const LARGEST_LOG_COUNT = 10;

export function marginalOf(spec: ColumnLikelihoodSpec): ColumnMarginal {
  const define = MARGINALS[spec.family] as (spec: ColumnLikelihoodSpec) => ColumnMarginal;
  return define(spec);
}

/** For each column the positions of its outputs in the decoder's output: parts keep like parameters together. */
export function locateOutputs(columns: readonly ColumnSpec[]): number[][] {
  const positions: number[][] = columns.map(() => []);
  let offset = 0;
  for (const { columns: own, outputs } of partsOf(columns)) {
    const codes = own.map((column) => countOutputs(columns[column]));
    const each = outputs / own.length;
    let start = offset;
    own.forEach((column, i) => {
      const count = codes[i] ?? 0;
      // Codes of one column lie side by side; parameters of numbers are split over all columns of the part.
      positions[column] =
        count > 0
          ? Array.from({ length: count }, (_, k) => start + k)
          : Array.from({ length: each }, (_, k) => offset + k * own.length + i);
      start += count;
    });
    offset += outputs;
  }
  return positions;
}

/** Outputs that are logits of codes; 0 if the column has numbers. */
function countOutputs(column: ColumnSpec | undefined): number {
  if (!column) return 0;
  return column.likelihood.family === 'bernoulli' ? 1 : countCodes(column.likelihood);
}

type ReadNumbers = (outputs: readonly number[]) => NumberDistribution;
const defineNumbers = (read: ReadNumbers): ColumnMarginal => ({ kind: 'number', isCount: false, read });
const defineCounts = (read: ReadNumbers): ColumnMarginal => ({ kind: 'number', isCount: true, read });

const NO_TRANSFORM = { shift: 0, scale: 1 };

interface Standardised {
  readonly transform?: { readonly shift: number; readonly scale: number };
  readonly minimum_standard_deviation: number;
}

function readGaussian(
  { transform = NO_TRANSFORM, minimum_standard_deviation: minimum }: Standardised,
  [mean = NaN, logVariance = NaN]: readonly number[],
): NumberDistribution {
  const scale = transform.scale * deviation(logVariance, minimum);
  return locate(normalCumulative, transform.shift + transform.scale * mean, scale);
}

function locate(cumulative: (y: number) => number, center: number, spread: number): NumberDistribution {
  return { cumulative: (x) => cumulative((x - center) / spread), center, spread };
}

/** sqrt(e^logVariance + minimum^2). */
const deviation = (logVariance: number, minimum: number): number =>
  Math.sqrt(Math.exp(logVariance) + minimum ** 2);

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Points of the table of Student's t, evenly spaced in arsinh x up to here. */
const [T_POINTS, T_RANGE] = [1024, 12];

/** The distribution function of Student's t from a table, to 1e-5: the incomplete Beta function is slow. */
function tabulateStudentT(v: number): (x: number) => number {
  const step = T_RANGE / T_POINTS;
  const table = Float64Array.from({ length: T_POINTS + 2 }, (_, i) =>
    studentTCumulative(v, Math.sinh(i * step)),
  );
  const upper = (x: number): number => {
    const at = Math.asinh(x) / step;
    const below = Math.floor(at);
    if (below >= T_POINTS) return 1;
    const low = table[below] ?? 1;
    return low + (at - below) * ((table[below + 1] ?? 1) - low);
  };
  return (x) => (x < 0 ? 1 - upper(-x) : upper(x));
}
