import type { Compared, Side } from './compared.ts';

/** The pair of numeric features whose correlation differs most. */
export interface CorrelationDifference {
  readonly features: readonly [number, number];
  readonly data: number;
  readonly samples: number;
}

/** null with fewer than two numeric features that vary. */
export function findLargestDifference(compared: Compared): CorrelationDifference | null {
  const numbers = compared.isCode.flatMap((isCode, feature) => (isCode ? [] : [feature]));
  let largest: CorrelationDifference | null = null;
  const differ = (one: CorrelationDifference | null): number =>
    one === null ? -1 : Math.abs(one.data - one.samples);
  for (const [i, a] of numbers.entries()) {
    for (const b of numbers.slice(i + 1)) {
      const [data, samples] = [correlate(compared, 'data', a, b), correlate(compared, 'samples', a, b)];
      const found = { features: [a, b] as const, data, samples };
      if (differ(found) > differ(largest)) largest = found;
    }
  }
  return largest;
}

/** Pearson's correlation over the rows that have both values; NaN if one of them does not vary. */
function correlate(compared: Compared, side: Side, a: number, b: number): number {
  const { rows, features } = compared;
  const values = compared[side];
  let [count, meanA, meanB, squaresA, squaresB, products] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [x, y] = [values[row * features + a] ?? NaN, values[row * features + b] ?? NaN];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    count += 1;
    const [fromA, fromB] = [x - meanA, y - meanB];
    meanA += fromA / count;
    meanB += fromB / count;
    squaresA += fromA * (x - meanA);
    squaresB += fromB * (y - meanB);
    products += fromA * (y - meanB);
  }
  return products / Math.sqrt(squaresA * squaresB);
}
