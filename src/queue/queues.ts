import type { SerializedError } from '../errors.ts';
import type { JobName, JobState, JobTypes, TrainPayload, TrainProgress, TrainResult } from './jobs.ts';

/** A training job as the queue knows it. Times are milliseconds since 1970. */
export interface TrainJobView {
  readonly id: string;
  readonly state: JobState;
  readonly payload: TrainPayload;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Times the job was taken up, a first start included. */
  readonly attempts: number;
  readonly progress: TrainProgress | null;
  readonly result: TrainResult | null;
  /** Why it failed, or why it waits to be tried again. */
  readonly error: SerializedError | null;
}

export interface InferOptions {
  readonly timeoutMs: number;
}

/** The side that gives work: the API. All methods throw queue_unavailable where the queue cannot be reached. */
export interface Producer {
  enqueueTraining(jobId: string, payload: TrainPayload): Promise<TrainJobView>;
  getTraining(jobId: string): Promise<TrainJobView | null>;
  /** Newest first. */
  listTraining(page: {
    limit: number;
    after?: string;
    state?: JobState;
  }): Promise<{ jobs: TrainJobView[]; hasMore: boolean }>;
  /** Marks the job so that it ends as cancelled: at once if it waits, between two chunks if it runs. Errors: job_not_found, job_finished. */
  cancelTraining(jobId: string): Promise<TrainJobView>;
  /** Runs one inference job and waits for it. Errors: those the processor threw, inference_timeout. */
  infer(payload: JobTypes['infer']['payload'], options: InferOptions): Promise<JobTypes['infer']['result']>;
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
