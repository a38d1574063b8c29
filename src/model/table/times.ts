import { findDate, findWeekday, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE } from './calendar.ts';
import type { Cell } from './cell.ts';
import { parseTime, zoneMinutes } from './datetimes.ts';
import { parsePlainNumber } from './numbers.ts';
import type { ColumnWithRole, TimePart, TimeUnit } from './schema.ts';

export type TimeColumn = ColumnWithRole<'datetime'>;

/** Seconds of one unit of the stored time. */
export const secondsPerStored = (unit: TimeUnit): number =>
  unit === 'year' || unit === 'month' || unit === 'day' ? SECONDS_PER_DAY : 1;

/**
 * Creates the function that gives seconds since 1970 in the column's time zone. It gives null for a cell that is no datetime.
 * The cell is not missing.
 */
export function createTimeReader({ order, epoch, zone }: TimeColumn): (cell: Cell) => number | null {
  const ahead = zone === null ? null : zoneMinutes(zone);
  return (cell) => {
    if (epoch !== null) {
      const since = typeof cell === 'string' ? parsePlainNumber(cell.trim()) : cell;
      if (typeof since === 'number' && Number.isFinite(since))
        return epoch === 'second' ? since : since / 1000;
    }
    const reading = typeof cell === 'boolean' || cell === null ? null : parseTime(String(cell), order);
    if (reading === null) return null;
    const shift = ahead === null || reading.zone === null ? 0 : ahead - reading.zone;
    return reading.seconds + shift * SECONDS_PER_MINUTE;
  };
}

/** The code of each part; the time itself in days or seconds, less the offset. */
export const PART_READERS: {
  readonly [Part in TimePart]: (seconds: number, column: TimeColumn) => number;
} = {
  time: (seconds, { unit, offset }) => seconds / secondsPerStored(unit) - offset,
  hour: (seconds) => Math.floor((seconds - startOfDay(seconds)) / SECONDS_PER_HOUR),
  weekday: (seconds) => findWeekday(Math.floor(seconds / SECONDS_PER_DAY)),
  month: (seconds) => findDate(Math.floor(seconds / SECONDS_PER_DAY)).month - 1,
};

const startOfDay = (seconds: number): number => Math.floor(seconds / SECONDS_PER_DAY) * SECONDS_PER_DAY;
