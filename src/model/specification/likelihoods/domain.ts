/** The values that a likelihood accepts. */
export interface ValueDomain {
  readonly low: number;
  readonly high: number;
  /** Whether only whole numbers are allowed. */
  readonly integer: boolean;
  /** Whether a value may be missing (NaN). */
  readonly missing: boolean;
  /** The domain in words, for messages. */
  readonly allowed: string;
}

const FLOAT32_MAX = 3.4028234663852886e38;
/** Smaller numbers may be rounded to 0. */
export const SMALLEST_POSITIVE = 1.1754943508222875e-38;
/** Above this, float32 cannot represent every whole number. */
export const LARGEST_COUNT = 2 ** 24;

const domain = (low: number, high: number, allowed: string, integer = false): ValueDomain => ({
  low,
  high,
  integer,
  missing: false,
  allowed,
});
export const REAL = domain(-FLOAT32_MAX, FLOAT32_MAX, 'a finite number that fits float32');
export const POSITIVE = domain(SMALLEST_POSITIVE, FLOAT32_MAX, 'a number above 0');
export const UNIT_INTERVAL = domain(0, 1, 'a number in [0, 1]');
export const BIT = domain(0, 1, '0 or 1', true);
export const COUNT = domain(0, LARGEST_COUNT, 'a whole number from 0 to 2^24', true);
export const codesBelow = (count: number): ValueDomain =>
  domain(0, count - 1, `a code from 0 to ${count - 1}`, true);

/** Whether a likelihood accepts a value; NaN is a missing one. tolerance: how far beyond the ends a value may be. */
export function isInside(
  value: number,
  { low, high, integer, missing }: ValueDomain,
  tolerance = 0,
): boolean {
  if (Number.isNaN(value)) return missing;
  if (value < low - tolerance || value > high + tolerance) return false;
  return !integer || Number.isInteger(value);
}
