import { AppError } from '../errors.ts';
import type { BullJob, BullQueue } from './drivers/driver.ts';
import type { TrainPayload } from './jobs.ts';
import type { Producer, TrainJobView } from './queues.ts';
import { JOB_OPTIONS, type TrainData } from './stored.ts';
import { ALL_SOURCES, readTraining, SOURCES } from './train-view.ts';

type Page = Parameters<Producer['listTraining']>[0];

/** Jobs read at once while a list is filled. */
const READ_AT_ONCE = 50;

/** A job of this id that is there already is left as it is. */
export async function enqueueTraining(
  queue: BullQueue,
  id: string,
  payload: TrainPayload,
): Promise<TrainJobView> {
  await queue.add('train', { payload, cancelRequestedAt: null }, { ...JOB_OPTIONS.train, jobId: id });
  return existing(queue, id);
}

export async function listTraining(
  queue: BullQueue,
  page: Page,
): Promise<{ jobs: TrainJobView[]; hasMore: boolean }> {
  const { limit, after, state } = page;
  const sources = state === undefined ? ALL_SOURCES : SOURCES[state];
  // Ids of jobs sort by age (src/ids.ts).
  const ids =
    sources.length === 0 ? [] : [...new Set(await queue.getRanges([...sources], 0, -1))].sort().reverse();
  const rest = after === undefined ? ids : ids.filter((id) => id < after);
  const jobs: TrainJobView[] = [];
  for (let start = 0; start < rest.length && jobs.length <= limit; start += READ_AT_ONCE) {
    const chunk = rest.slice(start, start + READ_AT_ONCE);
    const views = await Promise.all(chunk.map((id) => readTraining(queue, id)));
    jobs.push(
      ...views.filter((view) => view !== null).filter((view) => state === undefined || view.state === state),
    );
  }
  return { jobs: jobs.slice(0, limit), hasMore: jobs.length > limit };
}

/**
 * The mark is written before the state is looked at again: a job that starts meanwhile either is taken up with the
 * mark in its data or has its consumer find it later, so no cancellation is lost.
 */
export async function cancelTraining(queue: BullQueue, id: string): Promise<TrainJobView> {
  const before = await existing(queue, id);
  if (isOver(before)) throw finished(before);
  const job = (await queue.getJob(id)) as BullJob | undefined;
  const data = job?.data as TrainData | undefined;
  if (data?.cancelRequestedAt === null) await job?.updateData({ ...data, cancelRequestedAt: Date.now() });
  const view = await existing(queue, id);
  if (isOver(view) && view.state !== 'cancelled') throw finished(view);
  return view;
}

async function existing(queue: BullQueue, id: string): Promise<TrainJobView> {
  const view = await readTraining(queue, id);
  if (view === null) throw AppError.of('job_not_found', { id });
  return view;
}

function isOver(view: TrainJobView): boolean {
  return view.finishedAt !== null;
}

function finished(view: TrainJobView): AppError {
  return AppError.of('job_finished', { id: view.id, state: view.state });
}
