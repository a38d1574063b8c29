import type { Job } from '../../api/schemas/jobs.ts';
import type { Metrics } from '../../api/schemas/models.ts';
import { JobFailed } from '../client.ts';
import type { JobOrder } from '../demo/calls.ts';
import type { Session } from './session.ts';

type Epoch = Metrics['data'][number];

/** A training that is over. */
export interface Trained {
  readonly job_id: string;
  readonly model_id: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly runtime: string;
  /** Null where it succeeded; else the bound stopped being a number. */
  readonly diverged: string | null;
  /** By rising epoch. */
  readonly epochs: readonly Epoch[];
}

/**
 * What came of a training, which is ordered where it was not already under this name. A training that diverges is a
 * result too; any other failure forgets the job, so that the next run orders it anew. Errors: JobFailed.
 */
export async function train(session: Session, name: string, order: JobOrder): Promise<Trained> {
  const { state, client, say } = session;
  const known = state.find(name, order);
  if (known?.outcome) return known.outcome as Trained;
  if (known) say(`${name}: goes on with ${known.id}`);
  const id = known?.id ?? (await client.postJson<Job>('/jobs', order)).id;
  const entry = { asked: order, id };
  await state.keep(name, entry);
  const job = await finished(session, name, id);
  const { data } = await client.getJson<Metrics>(`/models/${job.model_id}/metrics`);
  const outcome = { ...timesOf(job), diverged: job.error?.message ?? null, epochs: data };
  await state.keep(name, { ...entry, outcome });
  return outcome;
}

/** The job when it has succeeded or diverged. */
async function finished({ client, display, state }: Session, name: string, id: string): Promise<Job> {
  let last: Job | null = null;
  try {
    return await client.waitForJob(id, (job) => {
      last = job;
      display.show(name, job);
    });
  } catch (error) {
    if (!(error instanceof JobFailed)) throw error;
    const job = last as Job | null;
    if (job?.error?.code === 'training_diverged') return job;
    await state.forget(name);
    throw new JobFailed(`${name}: ${error.message}`, { cause: error });
  } finally {
    display.clear();
  }
}

function timesOf({ id, model_id, started_at, finished_at, progress }: Job) {
  return { job_id: id, model_id, started_at, finished_at, runtime: progress?.runtime ?? 'unknown' };
}

/** What is kept of a training in results: all but its curves; seconds from its start to its end, interruptions included. */
export function jobOf({ epochs, ...job }: Trained): object {
  const { started_at: start, finished_at: end } = job;
  const seconds = start === null || end === null ? null : (Date.parse(end) - Date.parse(start)) / 1000;
  return { ...job, epochs: epochs.length, seconds };
}
