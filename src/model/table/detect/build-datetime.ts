import { SECONDS_PER_DAY } from '../calendar.ts';
import { writeZone } from '../datetimes.ts';
import { TIME_UNITS, type ColumnWithRole, type TimePart, type TimeUnit } from '../schema.ts';
import { secondsPerStored } from '../times.ts';
import type { ColumnBuilder } from './build.ts';
import { gatherEpochTimes, guessEpoch } from './epoch.ts';
import { countBits, finer, type TimeEvidence } from './time-evidence.ts';

/** How long a column must last for a part to be modelled, in days: each hour, weekday or month then occurs at least twice. */
const LEAST_DAYS: { readonly [Part in Exclude<TimePart, 'time'>]: number } = {
  hour: 3,
  weekday: 28,
  month: 730,
};
/** The coarsest unit of a column in which a part varies freely. */
const COARSEST: { readonly [Part in Exclude<TimePart, 'time'>]: TimeUnit } = {
  hour: 'hour',
  weekday: 'day',
  month: 'month',
};

export const buildDatetime: ColumnBuilder<'datetime'> = (facts, common) => {
  const { evidence, numbers, name, alsoMissing } = facts;
  const found = numbers.count > 0 && evidence.times.count === 0 ? guessEpoch(numbers) : null;
  const times = found === null ? evidence.times : gatherEpochTimes(numbers, found);
  const epoch = found?.epoch ?? null;
  const zone = times.zone === null ? null : writeZone(times.zonesDiffer ? 0 : times.zone);
  const unit = times.zonesDiffer ? finer(times.unit, 'hour') : times.unit;
  const column: ColumnWithRole<'datetime'> = {
    ...common,
    role: 'datetime',
    order: times.order,
    epoch,
    unit,
    written: epoch === null ? times.written : finer(unit, 'second'),
    zone,
    offset: chooseTimeOffset(times, unit),
    parts: chooseParts(times, unit),
    also_missing: [...(alsoMissing ?? [])],
  };
  const allowed = 'a date or time, such as 2024-01-31 or 2024-01-31T09:30:00Z, or nothing';
  const problems = [
    ...(alsoMissing === null ? evidence.places.word.toProblems(name, allowed) : []),
    ...(found === null ? evidence.places.number.toProblems(name, allowed) : []),
    ...evidence.places.boolean.toProblems(name, allowed),
    ...evidence.infinite.toProblems(name, allowed),
  ];
  return { column, problems };
};

/** The middle of the times, in the unit of the stored time. */
function chooseTimeOffset({ count, sample }: TimeEvidence, unit: TimeUnit): number {
  return count === 0 ? 0 : Math.round(sample.median() / secondsPerStored(unit));
}

function chooseParts(times: TimeEvidence, unit: TimeUnit): TimePart[] {
  const days = (times.maximum - times.minimum) / SECONDS_PER_DAY;
  const masks = { hour: times.hours, weekday: times.weekdays, month: times.months };
  const varies = (part: keyof typeof masks): boolean =>
    days >= LEAST_DAYS[part] &&
    TIME_UNITS.indexOf(unit) >= TIME_UNITS.indexOf(COARSEST[part]) &&
    countBits(masks[part]) > 1;
  return ['time', ...(['hour', 'weekday', 'month'] as const).filter(varies)];
}
