import type { EvaluateJob, EvaluateRequest, Job, TrainJob } from '../../api/jobs/schemas.ts';
import { JobFailed } from '../client.ts';
import type { JobOrder } from '../demo/calls.ts';
import type { Epoch } from '../progress.ts';
import { readAllMetrics } from '../read-metrics.ts';
import type { Session } from './session.ts';

interface Times {
  readonly job_id: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly runtime: string;
}

/** A training that is over. */
export interface Trained extends Times {
  readonly model_id: string;
  /** Null where it succeeded; else how the bound stopped being a number. */
  readonly diverged: string | null;
  /** By rising epoch. */
  readonly epochs: readonly Epoch[];
}

/**
 * What came of a training, which is ordered where it was not already under this name. A training that diverges is a
 * result too. Errors: JobFailed for any other failure, which the next run orders anew.
 */
export function trainOnce(session: Session, name: string, order: JobOrder): Promise<Trained> {
  return once(session, name, order, async (job: TrainJob) => {
    const epochs = await readAllMetrics(session.client, job.model_id);
    return { ...timesOf(job), model_id: job.model_id, diverged: job.error?.message ?? null, epochs };
  });
}

type Report = Extract<NonNullable<EvaluateJob['result']>, { outcome: 'succeeded' }>;
export interface Evaluated extends Times {
  readonly report: Report;
}

export type EvaluationOrder = Pick<EvaluateRequest, 'model_id' | 'measures'> &
  Partial<Pick<EvaluateRequest, 'checkpoint' | 'dataset_id' | 'rows' | 'limit' | 'seed'>>;

/** What came of an evaluation, which is ordered where it was not already under this name. Errors: JobFailed. */
export function evaluateOnce(session: Session, name: string, order: EvaluationOrder): Promise<Evaluated> {
  return once(session, name, { type: 'evaluate', ...order }, (job: EvaluateJob) => {
    if (job.result?.outcome === 'succeeded') return { ...timesOf(job), report: job.result };
    throw new JobFailed(`${name}: ${job.error?.message ?? 'there is no result'}`);
  });
}

async function once<Found extends Job, Outcome extends object>(
  session: Session,
  name: string,
  order: object,
  outcomeOf: (job: Found) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const { state, client, say } = session;
  const known = state.find(name, order);
  if (known?.outcome) return known.outcome as Outcome;
  if (known) say(`${name}: goes on with ${known.id}`);
  const entry = { asked: order, id: known?.id ?? (await client.postJson<Job>('/jobs', order)).id };
  await state.keep(name, entry);
  const outcome = await outcomeOf(await finished<Found>(session, name, entry.id));
  await state.keep(name, { ...entry, outcome });
  return outcome;
}

/** The job when it has succeeded or diverged. */
async function finished<Found extends Job>(session: Session, name: string, id: string): Promise<Found> {
  const { client, display, state } = session;
  let last: Found | null = null;
  try {
    return await client.waitForJob<Found>(id, (job) => {
      last = job;
      display.show(name, job);
    });
  } catch (error) {
    if (!(error instanceof JobFailed)) throw error;
    const job = last as Found | null;
    if (job?.error?.code === 'training_diverged') return job;
    await state.forget(name);
    throw new JobFailed(`${name}: ${error.message}`, { cause: error });
  } finally {
    display.clear();
  }
}

function timesOf({ id, started_at, finished_at, progress }: Job): Times {
  return { job_id: id, started_at, finished_at, runtime: progress?.runtime ?? 'unknown' };
}

/** From its start to its end, interruptions included. */
export function secondsOf({ started_at: start, finished_at: end }: Times): number | null {
  return start === null || end === null ? null : (Date.parse(end) - Date.parse(start)) / 1000;
}

/** What is kept of a training in results: all but its curves. */
export function jobOf({ epochs, ...job }: Trained): object {
  return { ...job, epochs: epochs.length, seconds: secondsOf(job) };
}
