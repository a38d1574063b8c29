import type { SerializedError } from '../errors.ts';
import type { JobName, JobState, JobTypes, TrackedName } from './jobs.ts';
import type { InferPayload, InferResult, Operation } from './operations.ts';

/** A tracked job as the queue knows it. Times are milliseconds since 1970. */
export interface JobViewOf<Name extends TrackedName> {
  readonly name: Name;
  readonly id: string;
  readonly state: JobState;
  readonly payload: JobTypes[Name]['payload'];
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Times the job was taken up, a first start included. */
  readonly attempts: number;
  readonly progress: JobTypes[Name]['progress'] | null;
  readonly result: JobTypes[Name]['result'] | null;
  /** Why it failed, or why it waits to be tried again. */
  readonly error: SerializedError | null;
}
export type JobView = { [Name in TrackedName]: JobViewOf<Name> }[TrackedName];

export interface JobsPage {
  readonly limit: number;
  readonly after?: string;
  readonly state?: JobState;
  readonly name?: TrackedName;
}

export interface InferOptions {
  readonly timeoutMs: number;
}

/** The side that gives work: the API. All methods throw queue_unavailable where the queue cannot be reached. */
export interface Producer {
  /** A job of this id that is there already is left as it is. */
  enqueue<Name extends TrackedName>(
    name: Name,
    jobId: string,
    payload: JobTypes[Name]['payload'],
  ): Promise<JobViewOf<Name>>;
  get(jobId: string): Promise<JobView | null>;
  /** Newest first. */
  list(page: JobsPage): Promise<{ jobs: JobView[]; hasMore: boolean }>;
  /** Marks the job so that it ends as cancelled: at once if it waits, at its next chance if it runs. Errors: job_not_found, job_finished. */
  cancel(jobId: string): Promise<JobView>;
  /** Runs one inference job and waits for it. Errors: those the processor threw, inference_timeout. */
  infer<Name extends Operation>(
    payload: InferPayload<Name>,
    options: InferOptions,
  ): Promise<InferResult<Name>>;
  /** Jobs waiting for a worker. */
  depth(name: JobName): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What a processor is given besides its payload; it knows nothing of the queue behind. */
export interface JobContext<Name extends JobName> {
  readonly jobId: string;
  readonly attempt: number;
  /** Aborted when the job is cancelled ('cancel') or this worker stops ('shutdown'): signal.reason tells which. */
  readonly signal: AbortSignal;
  reportProgress(progress: JobTypes[Name]['progress']): Promise<void>;
}

export type Processor<Name extends JobName> = (
  context: JobContext<Name>,
  payload: JobTypes[Name]['payload'],
) => Promise<JobTypes[Name]['result']>;

/** Thrown by a processor that stopped because of 'shutdown': the job goes back to the queue and loses no attempt. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export interface Consumer {
  /** Stops taking jobs, aborts running ones with 'shutdown', waits for them up to a limit. */
  close(): Promise<void>;
}

/** One queue connection, whatever is behind it. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres' | 'embedded';
  producer(): Promise<Producer>;
  consume<Name extends JobName>(
    name: Name,
    options: { concurrency: number },
    processor: Processor<Name>,
  ): Promise<Consumer>;
  close(): Promise<void>;
}
