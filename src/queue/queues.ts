import type { SerializedError } from '../errors.ts';
import { TASK_NAMES, type TaskName } from '../model/specification.ts';
import type { DurableName, JobName, JobState, JobTypes, TrackedName } from './jobs.ts';
import type { InferAnswer, InferOrder, Operation } from './operations.ts';

/** The state of a tracked job. Times are milliseconds since 1970. */
export interface JobViewOf<Name extends DurableName> {
  readonly name: Name;
  readonly id: string;
  readonly state: JobState;
  readonly payload: JobTypes[Name]['payload'];
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** How often a worker has started the job. */
  readonly attempts: number;
  readonly progress: JobTypes[Name]['progress'] | null;
  readonly result: JobTypes[Name]['result'] | null;
  /** Why it failed, or why it is waiting to be retried. */
  readonly error: SerializedError | null;
}
export type JobView = { [Name in TrackedName]: JobViewOf<Name> }[TrackedName];

/** What clients call the type of a job: that of its task if it has one. */
export type JobType = Exclude<TrackedName, 'apply'> | TaskName;
export const JOB_TYPES: readonly JobType[] = ['train', 'evaluate', ...TASK_NAMES];
export const findType = (view: JobView): JobType =>
  view.name === 'apply' ? view.payload.task.type : view.name;

export interface JobsPage {
  readonly limit: number;
  readonly after?: string;
  readonly state?: JobState;
  readonly type?: JobType;
}

/** Runs one inference and waits for it. Errors: those of the processor, inference_timeout. */
export type Infer = <Name extends Operation>(order: InferOrder<Name>) => Promise<InferAnswer<Name>>;

/** Used by the API to order work. All methods throw queue_unavailable if the queue cannot be reached. */
export interface Producer {
  /** If a job with this id exists, it is left as it is. */
  enqueue<Name extends TrackedName>(
    name: Name,
    jobId: string,
    payload: JobTypes[Name]['payload'],
  ): Promise<JobViewOf<Name>>;
  get(jobId: string): Promise<JobView | null>;
  /** Newest first. */
  list(page: JobsPage): Promise<{ jobs: JobView[]; hasMore: boolean }>;
  /** Cancels the job: at once if it is waiting, otherwise as soon as its processor can stop. Errors: job_not_found, job_finished. */
  cancel(jobId: string): Promise<JobView>;
  readonly infer: Infer;
  /** Jobs waiting for a worker. */
  countWaiting(name: TrackedName | 'infer'): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Used by a worker to order parts of its jobs. Ids are the caller's. All methods throw queue_unavailable. */
export interface PartOrders {
  /** If a part with this id exists, it is left as it is. */
  enqueue(id: string, payload: JobTypes['part']['payload']): Promise<void>;
  get(id: string): Promise<JobViewOf<'part'> | null>;
  /** Parts that wait do not run any more; those that run end soon. */
  cancel(id: string): Promise<void>;
  /** Removes a part that has ended. */
  forget(id: string): Promise<void>;
}

/** What a processor gets besides its payload; it knows nothing of the queue. */
export interface JobContext<Name extends JobName> {
  readonly jobId: string;
  readonly attempt: number;
  /** Aborted if the job is cancelled (signal.reason is 'cancel') or this worker stops ('shutdown'). */
  readonly signal: AbortSignal;
  reportProgress(progress: JobTypes[Name]['progress']): Promise<void>;
}

export type Processor<Name extends JobName> = (
  context: JobContext<Name>,
  payload: JobTypes[Name]['payload'],
) => Promise<JobTypes[Name]['result']>;

/** Thrown by a processor that stops because of 'shutdown': the job goes back to the queue without using up an attempt. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export interface Consumer {
  /** Stops taking jobs, aborts running ones with 'shutdown' and waits for them up to a limit. */
  close(): Promise<void>;
}

/** A connection to a queue of any kind. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres' | 'embedded';
  openProducer(): Promise<Producer>;
  openParts(): Promise<PartOrders>;
  consume<Name extends JobName>(
    name: Name,
    options: { concurrency: number },
    processor: Processor<Name>,
  ): Promise<Consumer>;
  close(): Promise<void>;
}
