import { AppError } from '../../errors.ts';

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const MISSING = /^\s*(?:na|n\/a|nan|null)?\s*$/i;
/** What other programs take for numbers: neither read nor taken for words. */
const OTHER_NUMBER = /^\s*[+-]?(?:inf(?:inity)?|0x[\da-f_]+|0[ob][\d_]+)\s*$/i;

export const isBlank = (cell: string): boolean => cell.trim() === '';
export const isNumber = (cell: string): boolean => NUMBER.test(cell);
export const isMissing = (cell: string): boolean => MISSING.test(cell);
export const isWord = (cell: string): boolean =>
  !NUMBER.test(cell) && !MISSING.test(cell) && !OTHER_NUMBER.test(cell);

/** Parses the cell of a number as float32. Errors: RangeError if it is not finite. */
export function parseNumber(cell: string): number {
  const value = Math.fround(Number(cell));
  if (Number.isFinite(value)) return value;
  throw new RangeError('no finite float32 number');
}

/** A cell for messages. */
export const quoteCell = (cell: string): string => JSON.stringify(cell.trim().slice(0, 40));

export const invalid = (where: string, found: string, allowed: string): AppError =>
  AppError.of('data_invalid', { where, found, allowed });
