import type { ColumnSpec } from '../specification.ts';
import { locateOutputs, marginalOf, type ColumnMarginal } from './column-marginals.ts';
import { findCountQuantiles, findQuantiles } from './mixtures.ts';

/** What would have been expected in a column of a table, given the others: of p(x_j|x without j). */
export type ExpectedValue =
  | { readonly kind: 'number'; readonly low: number; readonly median: number; readonly high: number }
  | {
      readonly kind: 'code';
      readonly codes: readonly { readonly code: number; readonly probability: number }[];
    };

/** Probabilities of the ends of the interval, and of the median between them. */
export const INTERVAL = [0.05, 0.5, 0.95] as const;
/** Most codes that are listed for a column. */
export const LIKELIEST = 3;
/** The lightest draws, which have less than this together, are left out: probabilities are that exact. */
const LIGHTEST = 0.002;

/** Distributions of the columns of a table from the decoder's outputs of weighted draws. */
export class ExpectedValues {
  readonly #marginals: readonly ColumnMarginal[];
  readonly #positions: readonly (readonly number[])[];

  constructor(columns: readonly ColumnSpec[]) {
    this.#marginals = columns.map(({ likelihood }) => marginalOf(likelihood));
    this.#positions = locateOutputs(columns);
  }

  /** For column (a feature) j: of sum over l of weight_l p(x_j|z_l). outputs [draws, output], row-major. */
  describe(column: number, outputs: Float32Array, weights: Float64Array): ExpectedValue {
    const size = outputs.length / weights.length;
    const positions = this.#positions[column] ?? [];
    const kept = keepHeaviest(weights);
    const total = kept.reduce((sum, draw) => sum + (weights[draw] ?? 0), 0);
    const shares = kept.map((draw) => (weights[draw] ?? 0) / total);
    const own = kept.map((draw) => positions.map((position) => outputs[draw * size + position] ?? NaN));
    return describeMixture(this.#marginals[column], own, shares);
  }
}

function keepHeaviest(weights: Float64Array): number[] {
  const order = Array.from(weights, (_, draw) => draw).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
  let sum = 0;
  return order.filter((draw) => {
    const isKept = sum < 1 - LIGHTEST;
    sum += weights[draw] ?? 0;
    return isKept;
  });
}

function describeMixture(
  marginal: ColumnMarginal | undefined,
  outputs: readonly (readonly number[])[],
  weights: readonly number[],
): ExpectedValue {
  if (!marginal) throw new RangeError('there is no such column');
  if (marginal.kind === 'code')
    return { kind: 'code', codes: rankCodes(outputs.map(marginal.read), weights) };
  const mixture = { weights, parts: outputs.map(marginal.read) };
  const find = marginal.isCount ? findCountQuantiles : findQuantiles;
  const [low = NaN, median = NaN, high = NaN] = find(mixture, INTERVAL);
  return { kind: 'number', low, median, high };
}

/** The likeliest codes with their probabilities, the likeliest first. */
function rankCodes(probabilities: readonly (readonly number[])[], weights: readonly number[]) {
  const shares = (probabilities[0] ?? []).map((_, code) =>
    probabilities.reduce((sum, own, l) => sum + (weights[l] ?? 0) * (own[code] ?? 0), 0),
  );
  const ranked = shares.map((probability, code) => ({ code, probability }));
  return ranked.sort((a, b) => b.probability - a.probability || a.code - b.code).slice(0, LIKELIEST);
}
