import type { JobOrder } from '../demo/calls.ts';
import { trainOnce, type Trained } from './jobs.ts';
import { STEP_SIZES } from './protocol.ts';
import type { Session } from './session.ts';

/** A short training with one step size. Its score is in nats per validation row, or null if it diverged. */
export interface Pilot {
  readonly step_size: number;
  readonly score: number | null;
}

/** Scores the pilot of this name, without using test rows; null if there is no score. */
export type Score = (name: string, trained: Trained) => Promise<number | null>;

/** The bound on validation rows after the last epoch. */
export const readValidationBound: Score = async (_, { epochs }) => epochs.at(-1)?.validation_elbo ?? null;

export interface ChosenStep {
  readonly step_size: number;
  readonly pilot_samples: number;
  readonly pilots: readonly Pilot[];
}

/** Length of a pilot: "the first few iterations" of the paper. */
const PILOT = { samples: 100_000, share: 0.1 } as const;

export const countPilotSamples = (samples: number): number =>
  Math.min(PILOT.samples, Math.ceil(PILOT.share * samples));

/** Trains a pilot with each step size and chooses the best score. */
export async function chooseStep(
  session: Session,
  name: string,
  orderOf: (stepSize: number) => JobOrder,
  scoreOf: Score = readValidationBound,
): Promise<ChosenStep> {
  const pilots: Pilot[] = [];
  for (const stepSize of STEP_SIZES) {
    const pilot = `${name}, pilot ${stepSize}`;
    const trained = await trainOnce(session, pilot, orderOf(stepSize));
    const score = trained.diverged === null ? await scoreOf(pilot, trained) : null;
    pilots.push({ step_size: stepSize, score });
  }
  return {
    step_size: findBestStep(pilots),
    pilot_samples: countPilotSamples(session.options.samples),
    pilots,
  };
}

/** Errors: RangeError if every pilot diverged. */
export function findBestStep(pilots: readonly Pilot[]): number {
  const known = pilots.flatMap(({ step_size: step, score }) => (score === null ? [] : [{ step, score }]));
  const best = known.toSorted((a, b) => b.score - a.score)[0];
  if (!best) throw new RangeError('every step size diverged');
  return best.step;
}
