import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDays, findDate, findWeekday } from '../../../src/model/table/calendar.ts';
import { parseTime, writeTime, writeZone, zoneMinutes } from '../../../src/model/table/datetimes.ts';

const seconds = (iso: string): number => Date.parse(iso) / 1000;

describe('the calendar', () => {
  it('agrees with Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 2_000_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        expect(findDate(days)).toEqual({ year, month, day });
        expect(countDays({ year, month, day })).toBe(days);
        expect((findWeekday(days) + 1) % 7).toBe(date.getUTCDay());
      }),
    );
  });
});

describe('a datetime as text', () => {
  it.each([
    // text, the same in ISO (with Z added if it names no zone), minutes ahead of UTC, last unit
    ['2024-01-31', '2024-01-31', null, 'day'],
    ['2024/1/31', '2024-01-31', null, 'day'],
    ['31.01.2024', '2024-01-31', null, 'day'],
    ['1.2.2024', '2024-02-01', null, 'day'],
    ['20240131', '2024-01-31', null, 'day'],
    ['2024-01', '2024-01-01', null, 'month'],
    ['Jan 2024', '2024-01-01', null, 'month'],
    ['Jan 31 2024', '2024-01-31', null, 'day'],
    ['January 31, 2024', '2024-01-31', null, 'day'],
    ['31 Jan 2024', '2024-01-31', null, 'day'],
    ['31-Jan-24', '2024-01-31', null, 'day'],
    ['12-Jun-98', '1998-06-12', null, 'day'],
    ['2024-01-31T09:30', '2024-01-31T09:30', null, 'minute'],
    ['2024-01-31 09:30:15', '2024-01-31T09:30:15', null, 'second'],
    ['2024-01-31T09:30:15.250Z', '2024-01-31T09:30:15.250', 0, 'millisecond'],
    ['2024-01-31T09:30:15.123456', '2024-01-31T09:30:15.123', null, 'millisecond'],
    ['2024-01-31T09:30:15+02:00', '2024-01-31T09:30:15', 120, 'second'],
    ['2024-01-31T09:30:15-0530', '2024-01-31T09:30:15', -330, 'second'],
    ['2024/01/31 00:47', '2024-01-31T00:47', null, 'minute'],
    ['1/31/2024 2:05 PM', '2024-01-31T14:05', null, 'minute'],
    ['1/31/2024 12:00 am', '2024-01-31T00:00', null, 'minute'],
    ['Wed, 31 Jan 2024 09:30:15 +0100', '2024-01-31T09:30:15', 60, 'second'],
    ['Wed, 31 Jan 2024 09:30:15 GMT', '2024-01-31T09:30:15', 0, 'second'],
    ['31 Jan 2024 09:30:15 EST', '2024-01-31T09:30:15', -300, 'second'],
    ['Wed Jan 31 2024 09:30:15 GMT+0100 (CET)', '2024-01-31T09:30:15', 60, 'second'],
  ])('%s', (text, iso, zone, written) => {
    const midnight = iso.length === 10 ? `${iso}T00:00Z` : `${iso}Z`;
    expect(parseTime(text, 'mdy')).toMatchObject({ seconds: seconds(midnight), zone, written });
  });

  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-31T25:00',
    '2024-01-31T10:61',
    '31/31/2024',
    '1/2',
    '12:30',
    '10.0.0.1',
    'May',
    'January 5',
    'Jan 32 2024',
    'hello 2024-01-31',
  ])('%s is none', (text) => {
    expect(parseTime(text, 'mdy')).toBeNull();
  });

  it('may begin with the day or the month: the text proves it, or the order decides', () => {
    const [first, second] = [seconds('2024-02-01'), seconds('2024-01-02')];
    expect(parseTime('1/2/2024', 'dmy')).toMatchObject({ seconds: first, order: null });
    expect(parseTime('1/2/2024', 'mdy')).toMatchObject({ seconds: second, order: null });
    for (const order of ['dmy', 'mdy'] as const) {
      expect(parseTime('31/1/2024', order)).toMatchObject({ seconds: seconds('2024-01-31'), order: 'dmy' });
      expect(parseTime('1/31/2024', order)).toMatchObject({ seconds: seconds('2024-01-31'), order: 'mdy' });
    }
  });

  it('comes back as Date writes it, and is read again', () => {
    const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        const iso = date.toISOString();
        expect(writeTime(date.getTime() / 1000, 'millisecond', 'Z')).toBe(iso);
        expect(parseTime(iso, 'mdy')?.seconds).toBeCloseTo(date.getTime() / 1000, 4);
        expect(parseTime(date.toUTCString(), 'mdy')?.seconds).toBe(Math.floor(date.getTime() / 1000));
      }),
    );
  });

  it('has zones that are read as they are written', () => {
    for (const minutes of [0, 60, -330, 840, -720]) expect(zoneMinutes(writeZone(minutes))).toBe(minutes);
    expect(writeZone(-330)).toBe('-05:30');
  });
});
