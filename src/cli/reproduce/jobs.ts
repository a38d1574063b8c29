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

/** A training that has ended. */
export interface Trained extends Times {
  readonly model_id: string;
  /** Null if it succeeded; otherwise the error message. */
  readonly diverged: string | null;
  /** By rising epoch. */
  readonly epochs: readonly Epoch[];
}

/**
 * Orders a training unless it was already ordered under this name, and waits for its outcome. Divergence is an outcome
 * too. Errors: JobFailed for any other failure; the next run then orders the training again.
 */
export function trainOnce(session: Session, name: string, order: JobOrder): Promise<Trained> {
  return orderOnce(session, name, order, async (job: TrainJob) => {
    const epochs = await readAllMetrics(session.client, job.model_id);
    return { ...readTimes(job), model_id: job.model_id, diverged: job.error?.message ?? null, epochs };
  });
}

type Report = Extract<NonNullable<EvaluateJob['result']>, { outcome: 'succeeded' }>;
export interface Evaluated extends Times {
  readonly report: Report;
}

export type EvaluationOrder = Pick<EvaluateRequest, 'model_id' | 'measures'> &
  Partial<Pick<EvaluateRequest, 'checkpoint' | 'dataset_id' | 'rows' | 'limit' | 'seed'>>;

/** Orders an evaluation unless it was already ordered under this name, and waits for it. Errors: JobFailed. */
export function evaluateOnce(session: Session, name: string, order: EvaluationOrder): Promise<Evaluated> {
  return orderOnce(session, name, { type: 'evaluate', ...order }, (job: EvaluateJob) => {
    if (job.result?.outcome === 'succeeded') return { ...readTimes(job), report: job.result };
    throw new JobFailed(`${name}: ${job.error?.message ?? 'it has no result'}`);
  });
}

async function orderOnce<Found extends Job, Outcome extends object>(
  session: Session,
  name: string,
  order: object,
  outcomeOf: (job: Found) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const { state, client, say } = session;
  const known = state.find(name, order);
  if (known?.outcome) return known.outcome as Outcome;
  if (known) say(`${name}: continues ${known.id}`);
  const entry = { asked: order, id: known?.id ?? (await client.postJson<Job>('/jobs', order)).id };
  await state.keep(name, entry);
  const outcome = await outcomeOf(await waitForOutcome<Found>(session, name, entry.id));
  await state.keep(name, { ...entry, outcome });
  return outcome;
}

/** Waits until the job has succeeded or diverged. */
async function waitForOutcome<Found extends Job>(session: Session, name: string, id: string): Promise<Found> {
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

function readTimes({ id, started_at, finished_at, progress }: Job): Times {
  const runtime = progress !== null && 'runtime' in progress ? progress.runtime : 'unknown';
  return { job_id: id, started_at, finished_at, runtime };
}

/** Seconds from start to end, interruptions included. */
export function countSeconds({ started_at: start, finished_at: end }: Times): number | null {
  return start === null || end === null ? null : (Date.parse(end) - Date.parse(start)) / 1000;
}

/** A training without its curves, for the results. */
export function summarizeTraining({ epochs, ...job }: Trained): object {
  return { ...job, epochs: epochs.length, seconds: countSeconds(job) };
}
