import type { Cell } from './cell.ts';
import { OTHER_CODE, OTHER_WORD } from './codes.ts';
import type { ColumnWithRole } from './schema.ts';

/** A float32 has 24 bits: a value may be wrong by this share of its size. */
const FLOAT32_ERROR = 2 ** -24;
const MOST_DIGITS = 100;

/**
 * Creates the function that writes stored values: rounded to the decimals of the column, or to fewer if a float32 does not hold
 * as many.
 */
export function createNumberWriter({
  decimals,
  offset,
}: ColumnWithRole<'number' | 'count'>): (value: number) => Cell {
  return (stored) => {
    if (Number.isNaN(stored)) return null;
    const error = Math.abs(stored) * FLOAT32_ERROR;
    const held = error > 0 ? Math.max(0, Math.ceil(-Math.log10(2 * error))) : decimals;
    const written = roundTo(stored + offset, Math.min(decimals, held));
    // At the lower end of a power of two, the next digit can decide between two neighbours.
    const isSame = held >= decimals || Math.fround(written - offset) === stored;
    return isSame ? written : roundTo(stored + offset, held + 1);
  };
}

/** The same for counts, where {@link OTHER_CODE} stands for what is no count. */
export function createCountWriter(column: ColumnWithRole<'count'>): (value: number) => Cell {
  const write = createNumberWriter(column);
  return (stored) => (stored === OTHER_CODE ? OTHER_WORD : write(stored));
}

function roundTo(value: number, decimals: number): number {
  const rounded = Number(value.toFixed(Math.min(decimals, MOST_DIGITS)));
  return rounded === 0 ? 0 : rounded;
}
