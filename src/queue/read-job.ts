import type { JobState as BullState } from 'bullmq';
import type { BullJob, BullQueue } from './drivers/driver.ts';
import { parseFailure } from './failures.ts';
import type { JobState, DurableName } from './jobs.ts';
import type { JobView, JobViewOf } from './queues.ts';
import { CANCELLED, readProgress, type TrackedData, type TrackedReturn } from './stored.ts';

const STATES: Readonly<Record<BullState | 'unknown', JobState>> = {
  waiting: 'queued',
  delayed: 'queued',
  prioritized: 'queued',
  'waiting-children': 'queued',
  unknown: 'queued',
  active: 'running',
  completed: 'succeeded',
  failed: 'failed',
};

/** The BullMQ states in which jobs of one of our states are found. Some jobs there may be in another of our states (see toJobView). */
export const SOURCES: Readonly<Record<JobState, readonly BullState[]>> = {
  queued: ['waiting', 'delayed', 'prioritized'],
  running: ['active'],
  succeeded: ['completed'],
  failed: ['failed'],
  cancelled: ['completed', 'waiting', 'delayed', 'prioritized'],
};
export const ALL_SOURCES = [...new Set(Object.values(SOURCES).flat())];

/** The job in its current state, or null. */
export async function readJob<Name extends DurableName>(
  queue: BullQueue,
  name: Name,
  id: string,
): Promise<JobViewOf<Name> | null> {
  for (;;) {
    // State first: if it says finished, the job read afterwards has its result.
    const state = await queue.getJobState(id);
    const job = (await queue.getJob(id)) as BullJob | undefined;
    if (job === undefined) return null;
    const finished = state === 'completed' || state === 'failed';
    if (finished || job.finishedOn === undefined) return toJobView(job, name, id, state);
  }
}

function toJobView<Name extends DurableName>(
  job: BullJob,
  name: Name,
  id: string,
  bullState: BullState | 'unknown',
): JobViewOf<Name> {
  const data = job.data as TrackedData<Name>;
  const progress = readProgress<Name>(job.progress);
  const latest = progress?.latest ?? null;
  const returned = bullState === 'completed' ? (job.returnvalue as TrackedReturn<Name>) : null;
  const state = deriveState(data, returned, STATES[bullState]);
  const closedUnrun = state === 'cancelled' && (returned?.closedUnrun ?? true);
  return {
    name,
    id,
    state,
    payload: data.payload,
    createdAt: job.timestamp,
    startedAt: progress?.startedAt ?? (closedUnrun ? null : (job.processedOn ?? null)),
    finishedAt: closedUnrun ? data.cancelRequestedAt : (job.finishedOn ?? null),
    attempts: closedUnrun && returned !== null ? job.attemptsStarted - 1 : job.attemptsStarted,
    progress: latest,
    result: returned?.result ?? (closedUnrun ? CANCELLED[name](latest) : null),
    error: findError(job, state),
  };
}

/** Why it failed, or why it is waiting to be retried. */
function findError({ failedReason }: BullJob, state: JobState): JobView['error'] {
  const triedBefore = state === 'queued' && Boolean(failedReason);
  return state === 'failed' || triedBefore ? parseFailure(failedReason) : null;
}

/** A waiting job counts as cancelled at once, although a consumer has yet to close it. */
function deriveState(data: TrackedData, returned: TrackedReturn | null, state: JobState): JobState {
  if (returned !== null) return returned.result.outcome;
  return state === 'queued' && data.cancelRequestedAt !== null ? 'cancelled' : state;
}
