import {
  countDays,
  countMonthDays,
  findDate,
  SECONDS_PER_DAY,
  SECONDS_PER_HOUR,
  SECONDS_PER_MINUTE,
} from './calendar.ts';
import { parseIsoTime } from './iso-time.ts';
import type { TimeUnit } from './schema.ts';
import type { DateOrder, TimeReading } from './time-reading.ts';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH =
  '(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const WEEKDAY = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\\s+)?';
const CLOCK =
  '(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?<fraction>[.,]\\d{1,9})?)?\\s*(?<half>[ap]\\.?m\\.?)?';
const ZONE =
  '(?<zone>z|(?:utc|gmt)?[+-]\\d\\d:?(?:\\d\\d)?|utc|gmt|ut|e[sd]t|c[sd]t|m[sd]t|p[sd]t)(?:\\s*\\([^)]*\\))?';
const TIME = `(?:(?:t|,?\\s+|:)${CLOCK}\\s*(?:${ZONE})?)?`;

const DATES = [
  '(?<year>\\d{4})(?<mark>[-/.])(?<month>\\d{1,2})\\k<mark>(?<day>\\d{1,2})',
  '(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)',
  '(?<one>\\d{1,2})(?<mark>[-/.])(?<two>\\d{1,2})\\k<mark>(?<year>\\d{4}|\\d\\d)',
  `${WEEKDAY}${MONTH}\\s+(?<day>\\d{1,2})(?:st|nd|rd|th)?,?\\s+(?<year>\\d{4})`,
  `${WEEKDAY}(?<day>\\d{1,2})(?:st|nd|rd|th)?(?:\\s+|-)${MONTH},?(?:\\s+|-)(?<year>\\d{4}|\\d\\d)`,
];
const PATTERNS = [
  ...DATES.map((date) => new RegExp(`^${date}${TIME}$`, 'iu')),
  /^(?<year>\d{4})[-/](?<month>\d{1,2})$/u,
  new RegExp(`^${MONTH}[\\s-]+(?<year>\\d{4})$`, 'iu'),
];

/** Hours ahead of UTC of the zones that RFC 2822 names. */
const NAMED_ZONES: ReadonlyMap<string, number> = new Map([
  ['est', -5],
  ['edt', -4],
  ['cst', -6],
  ['cdt', -5],
  ['mst', -7],
  ['mdt', -6],
  ['pst', -8],
  ['pdt', -7],
]);

/** Two digits mean 1969 to 2068, as in POSIX. */
const LAST_CENTURY = 69;
const SHORTEST = 6;
const LONGEST = 64;
const HAS_DIGIT = /\d/u;

type Groups = Readonly<Partial<Record<string, string>>>;

/** Reads a date with or without a time; null for any other text. `order` decides what 1/2/2020 is. */
export function parseTime(text: string, order: DateOrder): TimeReading | null {
  const trimmed = text.trim();
  const usual = parseIsoTime(trimmed);
  if (usual !== null) return usual;
  if (trimmed.length < SHORTEST || trimmed.length > LONGEST || !HAS_DIGIT.test(trimmed)) return null;
  for (const pattern of PATTERNS) {
    const groups = pattern.exec(trimmed)?.groups;
    if (groups) return readGroups(groups, order);
  }
  return null;
}

function readGroups(groups: Groups, order: DateOrder): TimeReading | null {
  const proof = findOrder(groups);
  const date = readDate(groups, proof ?? order);
  const clock = readClock(groups);
  if (date === null || clock === null) return null;
  return {
    seconds: countDays(date) * SECONDS_PER_DAY + clock,
    written: findWritten(groups),
    zone: readZone(groups['zone']),
    order: proof,
  };
}

function readDate(groups: Groups, order: DateOrder) {
  const { year: years = '', name, one = '', two = '', mark } = groups;
  const year = Number(years) + (years.length > 2 ? 0 : Number(years) < LAST_CENTURY ? 2000 : 1900);
  const isDayFirst = order === 'dmy' || mark === '.';
  const [month, day] = name
    ? [MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1, Number(groups['day'] ?? 1)]
    : one === ''
      ? [Number(groups['month']), Number(groups['day'] ?? 1)]
      : [Number(isDayFirst ? two : one), Number(isDayFirst ? one : two)];
  if (month < 1 || month > 12 || day < 1 || day > countMonthDays(year, month)) return null;
  return { year, month, day };
}

/** Seconds since midnight; null if there is no such time. */
function readClock({ hour, minute = '0', second = '0', fraction = '', half }: Groups): number | null {
  if (hour === undefined) return 0;
  const isAfternoon = half?.toLowerCase().startsWith('p') ?? false;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (isAfternoon ? 12 : 0);
  if (hours > 23 || Number(minute) > 59 || Number(second) > 60 || (half && Number(hour) > 12)) return null;
  const milliseconds = Math.round(1000 * Number(`0.${fraction.slice(1)}`));
  return (
    hours * SECONDS_PER_HOUR + Number(minute) * SECONDS_PER_MINUTE + Number(second) + milliseconds / 1000
  );
}

function readZone(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const key = zone.toLowerCase();
  const named = NAMED_ZONES.get(key);
  if (named !== undefined) return named * 60;
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)?$/u.exec(key) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function findOrder({ one, two, mark }: Groups): DateOrder | null {
  if (one === undefined || mark === '.') return null;
  if (Number(one) > 12) return 'dmy';
  return Number(two) > 12 ? 'mdy' : null;
}

function findWritten({ fraction, second, hour, day, one }: Groups): TimeUnit {
  if (fraction !== undefined) return 'millisecond';
  if (second !== undefined) return 'second';
  if (hour !== undefined) return 'minute';
  return day === undefined && one === undefined ? 'month' : 'day';
}

/** Writes seconds since 1970 as ISO 8601 text down to a unit, with the zone if there is one. */
export function writeTime(seconds: number, written: TimeUnit, zone: string | null): string {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const { year, month, day } = findDate(days);
  const milliseconds = Math.round((seconds - days * SECONDS_PER_DAY) * 1000);
  const date = [padYear(year), pad(month), pad(day)];
  if (written === 'year') return padYear(year);
  if (written === 'month') return date.slice(0, 2).join('-');
  if (written === 'day') return date.join('-');
  const whole = Math.floor(milliseconds / 1000);
  const clock = [Math.floor(whole / SECONDS_PER_HOUR), Math.floor(whole / 60) % 60].map(pad).join(':');
  const second = written === 'second' || written === 'millisecond' ? `:${pad(whole % 60)}` : '';
  const fraction = written === 'millisecond' ? `.${String(milliseconds % 1000).padStart(3, '0')}` : '';
  return `${date.join('-')}T${clock}${second}${fraction}${zone ?? ''}`;
}

const pad = (value: number): string => String(value).padStart(2, '0');
const padYear = (year: number): string => (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0');

/** Minutes ahead of UTC of a zone as {@link writeTime} takes it. */
export const zoneMinutes = (zone: string): number => (zone === 'Z' ? 0 : (readZone(zone) ?? 0));

/** The text of a zone: Z, +02:00. */
export function writeZone(minutes: number): string {
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
