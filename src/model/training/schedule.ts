import type { KlWeightSpec, ScheduleSpec } from '../specification.ts';
import type { Variant } from '../specification/schema.ts';

/** Units of schedules. An epoch need not be a whole number of steps. */
export interface Calendar {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

type Schedules = {
  [Name in ScheduleSpec['name']]: (
    spec: Extract<ScheduleSpec, { name: Name }>,
    calendar: Calendar,
  ) => ((step: number) => number) | undefined;
};

const SCHEDULES: Schedules = {
  constant: () => undefined,
  cosine:
    ({ final_factor: final }, { totalSteps }) =>
    (step) =>
      final + ((1 - final) * (1 + Math.cos((Math.PI * Math.min(step, totalSteps)) / totalSteps))) / 2,
  step:
    ({ every_epochs: every, factor }, { stepsPerEpoch }) =>
    (step) =>
      factor ** Math.floor(step / (every * stepsPerEpoch)),
  inverse_time:
    ({ half_after_epochs: half }, { stepsPerEpoch }) =>
    (step) =>
      1 / (1 + step / (half * stepsPerEpoch)),
};

/** The learning rate's factor at each step; undefined if it is always 1. */
export function learningRateFactor<Name extends ScheduleSpec['name']>(
  spec: Variant<ScheduleSpec, 'name', Name>,
  calendar: Calendar,
): ((step: number) => number) | undefined {
  const name: Name = spec.name;
  return SCHEDULES[name](spec, calendar);
}

/** The weight of the KL divergence at each step; undefined if it is always 1. */
export function klWeightAt(
  { final, warm_up_epochs: warmUp }: KlWeightSpec,
  { stepsPerEpoch }: Calendar,
): ((step: number) => number) | undefined {
  if (final === 1 && warmUp === 0) return undefined;
  return (step) => final * (warmUp === 0 ? 1 : Math.min(1, step / (warmUp * stepsPerEpoch)));
}
