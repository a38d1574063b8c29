import { rankValues } from './ranking.ts';

export interface Auc {
  /** Probability that a positive case scores higher than a negative one; a tie counts as half. */
  readonly value: number;
  readonly standardError: number;
}

/** The area under the ROC curve, by ranks (Mann and Whitney). */
export function computeAuc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const [count, others] = [positives.length, negatives.length];
  const ranks = rankValues(Float64Array.from([...Array.from(positives), ...Array.from(negatives)]));
  const sum = ranks.subarray(0, count).reduce((total, rank) => total + rank, 0);
  return (sum - (count * (count + 1)) / 2) / (count * others);
}

/** Of an area over so many cases of each class (Hanley and McNeil, 1982). */
export function computeAucError(value: number, positives: number, negatives: number): number {
  const twice = value / (2 - value);
  const square = (2 * value ** 2) / (1 + value);
  const variance =
    value * (1 - value) + (positives - 1) * (twice - value ** 2) + (negatives - 1) * (square - value ** 2);
  return Math.sqrt(Math.max(0, variance) / (positives * negatives));
}
