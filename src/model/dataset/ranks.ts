/** What a rank among calibration scores says; no tensors. */

/** The conformal p-value of a score that `atLeast` of `count` calibration scores reach. */
export const toPValue = (atLeast: number, count: number): number => (1 + atLeast) / (count + 1);

/** Share of the calibration scores, in percent, that are lower. count > 0. */
export const toPercentile = (atLeast: number, count: number): number => (100 * (count - atLeast)) / count;

/** Each column's part of what exceeds the usual surprise: NaN for a missing value, or without a calibration. */
export function shareStrangeness(excess: ArrayLike<number>): number[] {
  const positive = Array.from(excess, (value) => (value < 0 ? 0 : value));
  const sum = positive.reduce((total, value) => (Number.isNaN(value) ? total : total + value), 0);
  return positive.map((value) => (sum === 0 ? value : value / sum));
}
