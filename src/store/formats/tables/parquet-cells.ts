import type { ParquetParsers } from 'hyparquet';
import type { Cell } from '../file.ts';

const MILLISECONDS_PER_DAY = 86_400_000;

/** ISO text of a time; what lies beyond the calendar of JavaScript is its number. */
function toIso(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

export const PARQUET_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (time) => toIso(Number(time)),
  timestampFromMicroseconds: (time) => toIso(Number(time / 1000n)),
  timestampFromNanoseconds: (time) => toIso(Number(time / 1_000_000n)),
  dateFromDays: (days) => toIso(days * MILLISECONDS_PER_DAY).slice(0, 10),
};

/** Whole numbers beyond 2^53 become text, bytes hexadecimal text, structures and lists JSON text; NaN is missing. */
export function toParquetCell(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value === 'bigint') return toNumber(value);
  return value === null || value === undefined ? null : describe(value);
}

function toNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function describe(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? toNumber(each) : each));
}
