import { keepFinite, type RowDraws } from './leave-one-out.ts';

/** Weights of draws of z under p(z|what is known of a row). */
export interface DrawWeights {
  /** [draws], with sum 1: w_l / sum of w, w_l = p(known|z_l) p(z_l) / r(z_l). */
  readonly weights: Float64Array;
  /** (sum w)^2 / sum w^2, from 1 to the number of draws. */
  readonly effectiveSampleSize: number;
}

/** Missing values have no terms: the terms that are not 0 belong to what is known. */
export function weighDraws({ terms, logRatio }: RowDraws): DrawWeights {
  const draws = logRatio.length;
  const size = terms.length / draws;
  const logWeights = Float64Array.from(logRatio, keepFinite);
  for (let draw = 0; draw < draws; draw++) {
    let sum = logWeights[draw] ?? 0;
    for (let i = 0; i < size; i++) sum += keepFinite(terms[draw * size + i] ?? NaN);
    logWeights[draw] = sum;
  }
  const largest = logWeights.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = logWeights.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const squares = weights.reduce((sum, weight) => sum + weight ** 2, 0);
  return { weights: weights.map((weight) => weight / total), effectiveSampleSize: total ** 2 / squares };
}

/** For each number u in (0, 1), the draw where the sum of the weights up to it reaches u. */
export function chooseDraws(weights: Float64Array, uniforms: ArrayLike<number>): Uint32Array {
  const sums = Float64Array.from(weights);
  for (let i = 1; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (sums[i - 1] ?? 0);
  return Uint32Array.from(uniforms, (u) => {
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((sums[middle] ?? 1) < u) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
