import { countDays, findDate, findWeekday, SECONDS_PER_DAY, SECONDS_PER_HOUR } from './calendar.ts';
import type { Cell } from './cell.ts';
import { writeTime } from './datetimes.ts';
import type { TimePart, TimeUnit } from './schema.ts';
import { secondsPerStored, type TimeColumn } from './times.ts';

/** Stored values of a datetime's parts; what is absent or NaN is unknown. */
export type StoredParts = { readonly [Part in TimePart]?: number };

/** Half of a year and some days: in it lies every month and weekday. */
const FARTHEST_DAYS = 200;

/** Writes a stored time as ISO text, rounded to the unit of the column; null if it is missing. */
export function writeStoredTime(column: TimeColumn, stored: number): Cell {
  if (Number.isNaN(stored)) return null;
  const seconds = (stored + column.offset) * secondsPerStored(column.unit);
  return writeTime(ROUND[column.unit](seconds), column.written, column.zone);
}

/** The stored time nearest to `time` that has the weekday, month and hour of the other parts. */
export function placeTime(column: TimeColumn, parts: StoredParts): number {
  const { time = NaN } = parts;
  if (Number.isNaN(time)) return NaN;
  const unit = secondsPerStored(column.unit);
  const seconds = ROUND[column.unit]((time + column.offset) * unit);
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const placed =
    findNearestDay(days, parts) * SECONDS_PER_DAY + moveHour(seconds - days * SECONDS_PER_DAY, parts);
  return placed === seconds ? time : placed / unit - column.offset;
}

function findNearestDay(days: number, { weekday = NaN, month = NaN }: StoredParts): number {
  const agrees = (day: number): boolean =>
    (Number.isNaN(weekday) || findWeekday(day) === Math.round(weekday)) &&
    (Number.isNaN(month) || findDate(day).month - 1 === Math.round(month));
  for (let distance = 0; distance <= FARTHEST_DAYS; distance++) {
    if (agrees(days + distance)) return days + distance;
    if (agrees(days - distance)) return days - distance;
  }
  return days;
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
