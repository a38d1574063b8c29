import { parseTime } from '../datetimes.ts';
import type { ColumnWithRole } from '../schema.ts';
import type { Facts } from './facts.ts';
import { TimeEvidence } from './time-evidence.ts';

interface Epoch {
  readonly epoch: ColumnWithRole<'datetime'>['epoch'];
  readonly description: string;
}

/** From 1973 to 2103 in seconds. */
const [EARLIEST, LATEST] = [1e8, 4.2e9];
const [FIRST_DATE, LAST_DATE] = [18_000_101, 22_001_231];
const THOUSAND = 1000;

/** How numbers in a column with such a name are times; null if they are not. */
export function findEpoch({ hints, numbers }: Pick<Facts, 'hints' | 'numbers'>): Epoch | null {
  return hints.isTime ? guessEpoch(numbers) : null;
}

/** The same without a look at the name. */
export function guessEpoch(numbers: Facts['numbers']): Epoch | null {
  const isWithin = (low: number, high: number): boolean => numbers.minimum >= low && numbers.maximum <= high;
  if (numbers.integers && isWithin(FIRST_DATE, LAST_DATE) && readDates(numbers) !== null)
    return { epoch: null, description: 'dates such as 20240131' };
  if (isWithin(EARLIEST, LATEST)) return { epoch: 'second', description: 'seconds since 1970' };
  if (isWithin(EARLIEST * THOUSAND, LATEST * THOUSAND))
    return { epoch: 'millisecond', description: 'milliseconds since 1970' };
  return null;
}

/** The times of a column of numbers, from a sample of them. */
export function gatherEpochTimes(numbers: Facts['numbers'], { epoch }: Epoch): TimeEvidence {
  const { minimum, maximum, sample } = numbers;
  if (epoch === null) return readDates(numbers) ?? new TimeEvidence();
  const times = new TimeEvidence();
  const scale = epoch === 'second' ? 1 : THOUSAND;
  for (const value of [minimum, ...sample.values(), maximum]) times.addSeconds(value / scale);
  times.zone = 0;
  return times;
}

function readDates({ minimum, maximum, sample }: Facts['numbers']): TimeEvidence | null {
  const times = new TimeEvidence();
  for (const value of [minimum, ...sample.values(), maximum]) {
    const reading = parseTime(String(value), 'mdy');
    if (reading === null) return null;
    times.add(reading);
  }
  return times;
}
