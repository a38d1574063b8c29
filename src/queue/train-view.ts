import type { JobState as BullState } from 'bullmq';
import type { BullJob, BullQueue } from './drivers/driver.ts';
import { parseFailure } from './failures.ts';
import type { JobState } from './jobs.ts';
import type { TrainJobView } from './queues.ts';
import { cancelledResult, progressOf, type TrainData, type TrainReturn } from './stored.ts';

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

/** Where the jobs of one of our states are to be found; some of those there may be in another (see viewOf). */
export const SOURCES: Readonly<Record<JobState, readonly BullState[]>> = {
  queued: ['waiting', 'delayed', 'prioritized'],
  running: ['active'],
  paused: [],
  succeeded: ['completed'],
  failed: ['failed'],
  cancelled: ['completed', 'waiting', 'delayed', 'prioritized'],
};
export const ALL_SOURCES = [...new Set(Object.values(SOURCES).flat())];

/** The job as the queue knows it now, or null. */
export async function readTraining(queue: BullQueue, id: string): Promise<TrainJobView | null> {
  for (;;) {
    // State first: a job read after it was seen finished has its result.
    const state = await queue.getJobState(id);
    const job = (await queue.getJob(id)) as BullJob | undefined;
    if (job === undefined) return null;
    const finished = state === 'completed' || state === 'failed';
    if (finished || job.finishedOn === undefined) return viewOf(job, id, state);
  }
}

function viewOf(job: BullJob, id: string, bullState: BullState | 'unknown'): TrainJobView {
  const data = job.data as TrainData;
  const progress = progressOf(job.progress);
  const returned = bullState === 'completed' ? (job.returnvalue as TrainReturn) : null;
  const state = stateOf(data, returned, STATES[bullState]);
  const closedUnrun = state === 'cancelled' && (returned?.closedUnrun ?? true);
  return {
    id,
    state,
    payload: data.payload,
    createdAt: job.timestamp,
    startedAt: progress?.startedAt ?? (closedUnrun ? null : (job.processedOn ?? null)),
    finishedAt: closedUnrun ? data.cancelRequestedAt : (job.finishedOn ?? null),
    attempts: closedUnrun && returned !== null ? job.attemptsStarted - 1 : job.attemptsStarted,
    progress: progress?.latest ?? null,
    result: returned?.result ?? (closedUnrun ? cancelledResult(progress) : null),
    error: errorOf(job, state),
  };
}

/** Why it failed, or why it waits to be tried again. */
function errorOf({ failedReason }: BullJob, state: JobState): TrainJobView['error'] {
  const triedBefore = state === 'queued' && Boolean(failedReason);
  return state === 'failed' || triedBefore ? parseFailure(failedReason) : null;
}

/** A waiting job that was cancelled is cancelled at once, although a consumer has yet to close it. */
function stateOf(data: TrainData, returned: TrainReturn | null, state: JobState): JobState {
  if (returned !== null) return returned.result.outcome;
  return state === 'queued' && data.cancelRequestedAt !== null ? 'cancelled' : state;
}
