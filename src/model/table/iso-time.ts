import {
  countDays,
  countMonthDays,
  SECONDS_PER_DAY,
  SECONDS_PER_HOUR,
  SECONDS_PER_MINUTE,
} from './calendar.ts';
import type { TimeReading } from './time-reading.ts';

const [ZERO, NINE, DASH, COLON, SPACE, POINT] = [0x30, 0x39, 0x2d, 0x3a, 0x20, 0x2e] as const;
const [LETTER_T, LETTER_Z] = [0x54, 0x5a] as const;
const [DATE_LENGTH, MINUTE_LENGTH, SECOND_LENGTH, MILLISECOND_LENGTH] = [10, 16, 19, 23] as const;

/**
 * Reads the most frequent forms without a regular expression: 2024-01-31, 2024-01-31T09:30, 2024-01-31 09:30:00 and
 * 2024-01-31T09:30:00.000, also with Z. Null for any other text, which may be a datetime all the same.
 */
export function parseIsoTime(text: string): TimeReading | null {
  const isZulu = text.charCodeAt(text.length - 1) === LETTER_Z;
  const length = isZulu ? text.length - 1 : text.length;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return null;
  const [year, month, day] = [readDigits(text, 0, 4), readDigits(text, 5, 2), readDigits(text, 8, 2)];
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1)) return null;
  if (day > 28 && day > countMonthDays(year, month)) return null;
  const midnight = countDays({ year, month, day }) * SECONDS_PER_DAY;
  if (length === DATE_LENGTH && !isZulu)
    return { seconds: midnight, written: 'day', zone: null, order: null };
  const clock = readClock(text, length);
  if (Number.isNaN(clock)) return null;
  const written = length === MINUTE_LENGTH ? 'minute' : length === SECOND_LENGTH ? 'second' : 'millisecond';
  return { seconds: midnight + clock, written, zone: isZulu ? 0 : null, order: null };
}

/** Seconds since midnight; NaN for any other text. */
function readClock(text: string, length: number): number {
  if (!hasMarks(text, length)) return NaN;
  const [hour, minute] = [readDigits(text, 11, 2), readDigits(text, 14, 2)];
  const second = length > MINUTE_LENGTH ? readDigits(text, 17, 2) : 0;
  const millisecond = length === MILLISECOND_LENGTH ? readDigits(text, 20, 3) : 0;
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  return hour * SECONDS_PER_HOUR + minute * SECONDS_PER_MINUTE + second + millisecond / 1000;
}

/** Whether everything but digits is where a time of this length has it. */
function hasMarks(text: string, length: number): boolean {
  const mark = text.charCodeAt(DATE_LENGTH);
  const isLong = length === SECOND_LENGTH || length === MILLISECOND_LENGTH;
  if ((mark !== LETTER_T && mark !== SPACE) || text.charCodeAt(13) !== COLON) return false;
  if (!isLong) return length === MINUTE_LENGTH;
  return text.charCodeAt(16) === COLON && (length === SECOND_LENGTH || text.charCodeAt(19) === POINT);
}

/** The whole number of `count` digits; NaN if there is anything else. */
function readDigits(text: string, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const code = text.charCodeAt(at);
    if (!(code >= ZERO && code <= NINE)) return NaN;
    value = 10 * value + code - ZERO;
  }
  return value;
}
