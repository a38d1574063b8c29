import { findDate, findWeekday, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE } from '../calendar.ts';
import type { DateOrder, TimeReading } from '../time-reading.ts';
import { TIME_UNITS, type TimeUnit } from '../schema.ts';
import { Sample } from './sample.ts';

/** What is known of the datetimes of a column. */
export class TimeEvidence {
  count = 0;
  /** Seconds since 1970 as written. */
  minimum = Infinity;
  maximum = -Infinity;
  /** The coarsest unit of which every time is a whole number. */
  unit: TimeUnit = 'year';
  /** The last unit that any text names. */
  written: TimeUnit = 'year';
  /** Minutes ahead of UTC, as all texts say; null if none says. */
  zone: number | null = null;
  zonesDiffer = false;
  readonly orders: Record<DateOrder, number> = { dmy: 0, mdy: 0 };
  /** Which hours, weekdays and months occur: one bit each. */
  hours = 0;
  weekdays = 0;
  months = 0;
  readonly sample = new Sample();

  /** The order that more texts prove. */
  get order(): DateOrder {
    return this.orders.dmy > this.orders.mdy ? 'dmy' : 'mdy';
  }

  add({ seconds, written, zone, order }: TimeReading): void {
    if (this.count === 0) this.zone = zone;
    else if (zone !== this.zone) this.zonesDiffer = true;
    this.written = finer(this.written, written);
    if (order !== null) this.orders[order] += 1;
    this.addSeconds(seconds);
  }

  addSeconds(seconds: number): void {
    this.count += 1;
    if (seconds < this.minimum) this.minimum = seconds;
    if (seconds > this.maximum) this.maximum = seconds;
    this.sample.add(seconds);
    const days = Math.floor(seconds / SECONDS_PER_DAY);
    const secondOfDay = seconds - days * SECONDS_PER_DAY;
    const date = findDate(days);
    this.hours |= 1 << Math.floor(secondOfDay / SECONDS_PER_HOUR);
    this.weekdays |= 1 << findWeekday(days);
    this.months |= 1 << date.month;
    this.unit = finer(this.unit, findUnit(secondOfDay, date));
  }
}

function findUnit(secondOfDay: number, { month, day }: { month: number; day: number }): TimeUnit {
  if (secondOfDay === 0) {
    if (day !== 1) return 'day';
    return month === 1 ? 'year' : 'month';
  }
  if (!Number.isInteger(secondOfDay)) return 'millisecond';
  if (secondOfDay % SECONDS_PER_MINUTE !== 0) return 'second';
  return secondOfDay % SECONDS_PER_HOUR === 0 ? 'hour' : 'minute';
}

export const finer = (one: TimeUnit, other: TimeUnit): TimeUnit =>
  TIME_UNITS.indexOf(one) > TIME_UNITS.indexOf(other) ? one : other;

/** Number of bits that are 1. */
export function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
