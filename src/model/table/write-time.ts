import { countDays, findDate, findWeekday, SECONDS_PER_DAY, SECONDS_PER_HOUR } from './calendar.ts';
import type { Cell } from './cell.ts';
import { writeTime } from './datetimes.ts';
import type { TimePart, TimeUnit } from './schema.ts';
import { secondsPerStored, type TimeColumn } from './times.ts';

/** Stored values of a datetime's parts; what is absent or NaN is unknown. */
export type StoredParts = { readonly [Part in TimePart]?: number };

/** Stored times that samples stay in. */
export interface TimeRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** A year and some days: in them lies every month and weekday, before and after any day. */
const FARTHEST_DAYS = 380;

/** Writes a stored time as ISO text, rounded to the unit of the column; null if it is missing. */
export function writeStoredTime(column: TimeColumn, stored: number): Cell {
  if (Number.isNaN(stored)) return null;
  return writeTime(toSeconds(column, stored), column.written, column.zone);
}

/** Seconds since 1970, rounded to the unit of the column. */
const toSeconds = ({ unit, offset }: TimeColumn, stored: number): number =>
  ROUND[unit]((stored + offset) * secondsPerStored(unit));

/**
 * The stored time nearest to `time` that has the weekday, month and hour of the other parts. A time inside the range stays
 * inside, even if no time there has all these parts.
 */
export function placeTime(column: TimeColumn, parts: StoredParts, range: TimeRange | null = null): number {
  const { time = NaN } = parts;
  if (Number.isNaN(time)) return NaN;
  const seconds = toSeconds(column, time);
  const placed = findNearest(seconds, parts, createRangeTest(column, seconds, range));
  return placed === seconds ? time : placed / secondsPerStored(column.unit) - column.offset;
}

type TimeTest = (seconds: number) => boolean;

/** Whether other seconds are in the range; if these are not, all are allowed. */
function createRangeTest(column: TimeColumn, seconds: number, range: TimeRange | null): TimeTest {
  if (range === null) return () => true;
  const [low, high] = [toSeconds(column, range.minimum), toSeconds(column, range.maximum)];
  if (seconds < low || seconds > high) return () => true;
  return (other) => other >= low && other <= high;
}

function findNearest(seconds: number, parts: StoredParts, isAllowed: TimeTest): number {
  const { weekday = NaN, month = NaN } = parts;
  const first = Math.floor(seconds / SECONDS_PER_DAY);
  const secondsOfDay = moveHour(seconds - first * SECONDS_PER_DAY, parts);
  const toTime = (day: number): number => day * SECONDS_PER_DAY + secondsOfDay;
  const agrees = (day: number): boolean =>
    (Number.isNaN(weekday) || findWeekday(day) === Math.round(weekday)) &&
    (Number.isNaN(month) || findDate(day).month - 1 === Math.round(month)) &&
    isAllowed(toTime(day));
  for (let distance = 0; distance <= FARTHEST_DAYS; distance++) {
    if (agrees(first + distance)) return toTime(first + distance);
    if (agrees(first - distance)) return toTime(first - distance);
  }
  return isAllowed(toTime(first)) ? toTime(first) : seconds;
}

const moveHour = (secondsOfDay: number, { hour = NaN }: StoredParts): number =>
  Number.isNaN(hour) ? secondsOfDay : Math.round(hour) * SECONDS_PER_HOUR + (secondsOfDay % SECONDS_PER_HOUR);

const roundMultiple = (size: number) => (seconds: number) => Math.round(seconds / size) * size;

/** The nearest whole unit. */
const ROUND: { readonly [Unit in TimeUnit]: (seconds: number) => number } = {
  millisecond: (seconds) => Math.round(seconds * 1000) / 1000,
  second: Math.round,
  minute: roundMultiple(60),
  hour: roundMultiple(SECONDS_PER_HOUR),
  day: roundMultiple(SECONDS_PER_DAY),
  month: (seconds) => roundToStart(seconds, 1),
  year: (seconds) => roundToStart(seconds, 12),
};

/** The nearest start of a month or, with 12 months, of a year. */
function roundToStart(seconds: number, months: number): number {
  const { year, month } = findDate(Math.floor(seconds / SECONDS_PER_DAY));
  const first = months === 1 ? month : 1;
  const next =
    first + months > 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: first + 1, day: 1 };
  const [before, after] = [{ year, month: first, day: 1 }, next].map(
    (date) => countDays(date) * SECONDS_PER_DAY,
  );
  return seconds - (before ?? 0) < (after ?? 0) - seconds ? (before ?? 0) : (after ?? 0);
}
