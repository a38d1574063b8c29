import type { JobOrder } from '../demo/calls.ts';
import { train } from './jobs.ts';
import { STEP_SIZES } from './protocol.ts';
import type { Session } from './session.ts';

/** A short training with one step size; the bound is of its last epoch, null where it diverged. */
export interface Pilot {
  readonly step_size: number;
  readonly train_bound: number | null;
}

export interface ChosenStep {
  readonly step_size: number;
  readonly pilot_samples: number;
  readonly pilots: readonly Pilot[];
}

/** How long a pilot is: "the first few iterations" of the paper. */
const PILOT = { samples: 100_000, share: 0.1 } as const;

export const pilotSamples = (samples: number): number =>
  Math.min(PILOT.samples, Math.ceil(PILOT.share * samples));

/** The step size with the best training bound after a short training with each. */
export async function chooseStep(
  session: Session,
  name: string,
  orderOf: (stepSize: number) => JobOrder,
): Promise<ChosenStep> {
  const pilots: Pilot[] = [];
  for (const stepSize of STEP_SIZES) {
    const { diverged, epochs } = await train(session, `${name}, pilot ${stepSize}`, orderOf(stepSize));
    const bound = diverged === null ? (epochs.at(-1)?.train_elbo ?? null) : null;
    pilots.push({ step_size: stepSize, train_bound: bound });
  }
  return {
    step_size: bestStep(pilots),
    pilot_samples: pilotSamples(session.options.samples),
    pilots,
  };
}

/** Errors: RangeError where every pilot diverged. */
export function bestStep(pilots: readonly Pilot[]): number {
  const known = pilots.flatMap(({ step_size: step, train_bound: bound }) =>
    bound === null ? [] : [{ step, bound }],
  );
  const best = known.toSorted((a, b) => b.bound - a.bound)[0];
  if (!best) throw new RangeError('every step size diverged');
  return best.step;
}
