import { AppError } from '../errors.ts';
import type { BullJob, BullQueue } from './drivers/driver.ts';
import { ALL_SOURCES, readJob, SOURCES } from './read-job.ts';
import { TRACKED_NAMES, type TrackedName } from './jobs.ts';
import { findType, type JobsPage, type JobType, type JobView, type Producer } from './queues.ts';
import type { Reach } from './reach.ts';
import { JOB_OPTIONS, type TrackedData } from './stored.ts';

/** How many jobs are read at once to fill a list. */
const READ_AT_ONCE = 50;

type Queues = Readonly<Record<TrackedName, BullQueue>>;

/** Orders, reads, lists and cancels tracked jobs: one queue per name, ids unique across all of them. */
export class TrackedJobs {
  readonly #queues: Queues;
  readonly #reach: Reach;

  constructor(queues: Queues, reach: Reach) {
    this.#queues = queues;
    this.#reach = reach;
  }

  /** If a job with this id exists, it is left as it is. */
  readonly enqueue: Producer['enqueue'] = (name, id, payload) =>
    this.#reach.call(async () => {
      const data: TrackedData<typeof name> = { payload, cancelRequestedAt: null };
      await this.#queues[name].add(name, data, { ...JOB_OPTIONS[name], jobId: id });
      const view = await readJob(this.#queues[name], name, id);
      if (view === null) throw AppError.of('job_not_found', { id });
      return view;
    });

  readonly get: Producer['get'] = (id) => this.#reach.call(() => this.#find(id));

  readonly list: Producer['list'] = (page) => this.#reach.call(() => this.#listPage(page));

  /** At once if it is waiting, otherwise as soon as its processor can stop. */
  readonly cancel: Producer['cancel'] = (id) => this.#reach.call(() => this.#cancel(id));

  async #find(id: string): Promise<JobView | null> {
    for (const name of TRACKED_NAMES) {
      const view = await this.#read(name, id);
      if (view !== null) return view;
    }
    return null;
  }

  async #listPage({ limit, after, state, type }: JobsPage): Promise<{ jobs: JobView[]; hasMore: boolean }> {
    const entries = await this.#listEntries(type === undefined ? TRACKED_NAMES : [findName(type)], state);
    const rest = after === undefined ? entries : entries.filter(({ id }) => id < after);
    const jobs: JobView[] = [];
    for (let start = 0; start < rest.length && jobs.length <= limit; start += READ_AT_ONCE) {
      const chunk = rest.slice(start, start + READ_AT_ONCE);
      const views = await Promise.all(chunk.map((entry) => this.#read(entry.name, entry.id)));
      const there = views.filter((view) => view !== null);
      const isWanted = (view: JobView): boolean =>
        (state === undefined || view.state === state) && (type === undefined || findType(view) === type);
      jobs.push(...there.filter(isWanted));
    }
    return { jobs: jobs.slice(0, limit), hasMore: jobs.length > limit };
  }

  /**
   * Writes the mark before it reads the state again: if the job starts in between, its consumer finds the mark, at the start
   * or when it polls. So no cancellation is lost.
   */
  async #cancel(id: string): Promise<JobView> {
    const before = await this.#require(id);
    if (isOver(before)) throw createFinished(before);
    await markCancelled(this.#queues[before.name], id);
    const view = await this.#require(id);
    if (isOver(view) && view.state !== 'cancelled') throw createFinished(view);
    return view;
  }

  /** Names and ids of the jobs that may be in a state, newest first: ids sort by age (src/ids.ts). */
  async #listEntries(
    names: readonly TrackedName[],
    state: JobsPage['state'],
  ): Promise<{ name: TrackedName; id: string }[]> {
    const sources = state === undefined ? ALL_SOURCES : SOURCES[state];
    if (sources.length === 0) return [];
    const found = names.map(async (name) => {
      const ids = new Set(await this.#queues[name].getRanges([...sources], 0, -1));
      return Array.from(ids, (id) => ({ name, id }));
    });
    return (await Promise.all(found)).flat().sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  #read(name: TrackedName, id: string): Promise<JobView | null> {
    return readJob(this.#queues[name], name, id) as Promise<JobView | null>;
  }

  async #require(id: string): Promise<JobView> {
    const view = await this.#find(id);
    if (view === null) throw AppError.of('job_not_found', { id });
    return view;
  }
}

const findName = (type: JobType): TrackedName => (type === 'train' || type === 'evaluate' ? type : 'apply');

/** The mark that its consumer looks for. */
export async function markCancelled(queue: BullQueue, id: string): Promise<void> {
  const job = (await queue.getJob(id)) as BullJob | undefined;
  const data = job?.data as TrackedData | undefined;
  if (data?.cancelRequestedAt === null) await job?.updateData({ ...data, cancelRequestedAt: Date.now() });
}

function isOver(view: JobView): boolean {
  return view.finishedAt !== null;
}

function createFinished(view: JobView): AppError {
  return AppError.of('job_finished', { id: view.id, state: view.state });
}
