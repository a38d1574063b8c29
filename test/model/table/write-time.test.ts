import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDays, findDate, findWeekday } from '../../../src/model/table/calendar.ts';
import type { TimeColumn } from '../../../src/model/table/times.ts';
import { placeTime } from '../../../src/model/table/write-time.ts';
import { describeDay } from '../../support/table-columns.ts';

const day = { ...describeDay('day', 0), parts: ['time', 'weekday', 'month'] } as TimeColumn;
const minute: TimeColumn = { ...day, unit: 'minute', written: 'minute', parts: ['time', 'hour'] };
const at = (year: number, month: number, date: number): number => countDays({ year, month, day: date });
const YEAR = { minimum: at(2020, 3, 1), maximum: at(2021, 4, 20) };

describe('the time nearest to a drawn one that agrees with its parts', () => {
  it('stays in the range, as the nearest there', () => {
    const parts = { time: at(2021, 4, 19), weekday: findWeekday(at(2021, 4, 19)), month: 4 };
    expect(findDate(placeTime(day, parts))).toMatchObject({ year: 2021, month: 5 });
    expect(findDate(placeTime(day, parts, YEAR))).toEqual({ year: 2020, month: 5, day: 25 });
    fc.assert(
      fc.property(
        fc.integer({ min: YEAR.minimum, max: YEAR.maximum }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 11 }),
        (time, weekday, month) => {
          const placed = placeTime(day, { time, weekday, month }, YEAR);
          expect(findWeekday(placed)).toBe(weekday);
          expect(findDate(placed).month - 1).toBe(month);
          expect(placed).toBeGreaterThanOrEqual(YEAR.minimum);
          expect(placed).toBeLessThanOrEqual(YEAR.maximum);
        },
      ),
    );
  });

  it('is the drawn one if none in the range agrees', () => {
    const range = { minimum: 9 * 3600, maximum: 17 * 3600 };
    expect(placeTime(minute, { time: 10.5 * 3600, hour: 16 }, range)).toBe(16.5 * 3600);
    expect(placeTime(minute, { time: 10.5 * 3600, hour: 17 }, range)).toBe(10.5 * 3600);
    expect(placeTime(minute, { time: 10.5 * 3600, hour: 17 })).toBe(17.5 * 3600);
  });

  it('may be beyond the range if the drawn one is', () => {
    const time = at(2019, 1, 1);
    expect(placeTime(day, { time, weekday: findWeekday(time), month: 0 }, YEAR)).toBe(time);
    expect(placeTime(day, { time, weekday: findWeekday(time - 1), month: 11 }, YEAR)).toBe(time - 1);
  });
});
