import type { DefaultJobOptions } from 'bullmq';
import type { PackedPayload, PackedResult } from './infer-packing.ts';
import type { JobName, JobTypes, TrackedName } from './jobs.ts';

/** What stands in BullMQ's jobs. Only the producer writes a job's data, only the consumer its progress. */

export interface TrackedData<Name extends TrackedName = TrackedName> {
  readonly payload: JobTypes[Name]['payload'];
  /** Set once by whoever cancels; the job ends as cancelled as soon as its consumer sees it. */
  readonly cancelRequestedAt: number | null;
}

export interface InferData {
  readonly payload: PackedPayload | null;
  /** A result too large for the event stream; it takes the payload's place. */
  readonly result: PackedResult | null;
}

export type StoredData = TrackedData | InferData;

/** BullMQ forgets a job's first start when it is taken up again: kept here, beside the latest news. */
export interface StoredProgress<Name extends TrackedName = TrackedName> {
  readonly startedAt: number;
  readonly latest: JobTypes[Name]['progress'] | null;
}

export interface TrackedReturn<Name extends TrackedName = TrackedName> {
  readonly result: JobTypes[Name]['result'];
  /** The job was cancelled while it waited, and its last taking up only closed it. */
  readonly closedUnrun: boolean;
}

/** null: the result stands in the job's data. */
export interface InferReturn {
  readonly inline: PackedResult | null;
}

export type StoredReturn = TrackedReturn | InferReturn;

/** Base64 characters that may travel in an event: the stream keeps the last MAX_EVENTS of them in memory. */
export const INLINE_LIMIT = 16_384;
export const MAX_EVENTS = 1_000;

const DAY_SECONDS = 86_400;
const KEEP_TRACKED = { age: 90 * DAY_SECONDS, count: 10_000 };
const KEEP_INFERENCE = { age: 60, count: 500 };

const TRACKED: DefaultJobOptions = {
  attempts: 10,
  backoff: { type: 'by_failure' },
  removeOnComplete: KEEP_TRACKED,
  removeOnFail: KEEP_TRACKED,
  stackTraceLimit: 0,
};

export const JOB_OPTIONS: Readonly<Record<JobName, DefaultJobOptions>> = {
  train: TRACKED,
  evaluate: TRACKED,
  infer: {
    attempts: 2,
    removeOnComplete: KEEP_INFERENCE,
    removeOnFail: KEEP_INFERENCE,
    stackTraceLimit: 0,
  },
};

/**
 * How often a job may lose its worker. A training job always goes on from its checkpoint and an evaluation begins anew; an
 * inference job fails, as its caller will not wait for long and its input may be what killed the worker.
 */
export const MAX_STALLED: Readonly<Record<JobName, number>> = {
  train: 1_000_000,
  evaluate: 1_000_000,
  infer: 0,
};

export function packedSize(result: PackedResult): number {
  return Object.values(result.output).reduce((sum, array) => sum + array.data.length, 0);
}

export function progressOf<Name extends TrackedName>(progress: unknown): StoredProgress<Name> | null {
  return typeof progress === 'object' && progress !== null && 'startedAt' in progress
    ? (progress as StoredProgress<Name>)
    : null;
}

type Cancelled = {
  readonly [Name in TrackedName]: (latest: JobTypes[Name]['progress'] | null) => JobTypes[Name]['result'];
};

/** How far a cancelled job came. */
export const CANCELLED: Cancelled = {
  train: (latest) => ({
    outcome: 'cancelled',
    step: latest?.step ?? 0,
    validationElbo: latest?.validationElbo ?? null,
  }),
  evaluate: () => ({ outcome: 'cancelled' }),
};
