import type { ValueRange } from '../specification/likelihoods/mixed.ts';
import type { ColumnProfile } from './profile.ts';

/** Float32 steps between neighbours of 1. */
const FLOAT32_DIGITS = 23;
/** Storing an end and writing it again each move it by less than a step. */
const MARGIN_STEPS = 2;

/**
 * The range of a column's values; undefined if there are none. Where float32 does not hold what the file says, the ends lie so far
 * inside that written values are not beyond the file's own.
 */
export function findRange(column: ColumnProfile): ValueRange | undefined {
  const { minimum, maximum } = column;
  if (minimum === null || maximum === null) return undefined;
  const inside = {
    minimum: minimum + computeMargin(minimum, column),
    maximum: maximum - computeMargin(maximum, column),
  };
  return inside.minimum <= inside.maximum ? inside : { minimum, maximum };
}

function computeMargin(end: number, { role, decimals }: ColumnProfile): number {
  if (end === 0) return 0;
  const margin = MARGIN_STEPS * 2 ** (Math.floor(Math.log2(Math.abs(end))) - FLOAT32_DIGITS);
  // Times are rounded to the unit of their column, whatever it is.
  const isRounded = role === 'time' || (decimals !== undefined && margin > 10 ** -decimals);
  return isRounded ? margin : 0;
}
