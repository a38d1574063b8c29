import type { DefaultJobOptions } from 'bullmq';
import type { PackedPayload, PackedResult } from './infer-packing.ts';
import type { JobName, JobTypes, DurableName } from './jobs.ts';

/** The contents of BullMQ's jobs. Only the producer writes a job's data, and only the consumer its progress. */

export interface TrackedData<Name extends DurableName = DurableName> {
  readonly payload: JobTypes[Name]['payload'];
  /** Set once to cancel; the job ends as cancelled as soon as its consumer sees it. */
  readonly cancelRequestedAt: number | null;
}

export interface InferData {
  readonly payload: PackedPayload | null;
  /** A result too large for the event stream; the payload is dropped then. */
  readonly result: PackedResult | null;
}

export type StoredData = TrackedData | InferData;

/** BullMQ forgets a job's first start when the job is retried, so it is kept here with the latest progress. */
export interface StoredProgress<Name extends DurableName = DurableName> {
  readonly startedAt: number;
  readonly latest: JobTypes[Name]['progress'] | null;
}

export interface TrackedReturn<Name extends DurableName = DurableName> {
  readonly result: JobTypes[Name]['result'];
  /** The job was cancelled while it waited, so its last start only closed it. */
  readonly closedUnrun: boolean;
}

/** null: the result is in the job's data. */
export interface InferReturn {
  readonly inline: PackedResult | null;
}

export type StoredReturn = TrackedReturn | InferReturn;

/** Maximum base64 characters in an event: the stream keeps the last MAX_EVENTS events in memory. */
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

/** Their results are in the store. */
const KEEP_PARTS = { age: 3_600, count: 10_000 };

export const JOB_OPTIONS: Readonly<Record<JobName, DefaultJobOptions>> = {
  train: TRACKED,
  evaluate: TRACKED,
  apply: TRACKED,
  part: { ...TRACKED, removeOnComplete: KEEP_PARTS, removeOnFail: KEEP_PARTS },
  infer: {
    attempts: 2,
    removeOnComplete: KEEP_INFERENCE,
    removeOnFail: KEEP_INFERENCE,
    stackTraceLimit: 0,
  },
};

/**
 * How often a job may lose its worker. A training always resumes from its checkpoint, an evaluation or a part starts over, and an
 * apply job goes on with the parts that are missing. An
 * inference fails: its caller does not wait for long, and its input may be what killed the worker.
 */
export const MAX_STALLED: Readonly<Record<JobName, number>> = {
  train: 1_000_000,
  evaluate: 1_000_000,
  apply: 1_000_000,
  part: 1_000_000,
  infer: 0,
};

export function measurePacked(result: PackedResult): number {
  return Object.values(result.output).reduce((sum, array) => sum + array.data.length, 0);
}

export function readProgress<Name extends DurableName>(progress: unknown): StoredProgress<Name> | null {
  return typeof progress === 'object' && progress !== null && 'startedAt' in progress
    ? (progress as StoredProgress<Name>)
    : null;
}

type Cancelled = {
  readonly [Name in DurableName]: (latest: JobTypes[Name]['progress'] | null) => JobTypes[Name]['result'];
};

/** How far a cancelled job got. */
export const CANCELLED: Cancelled = {
  train: (latest) => ({
    outcome: 'cancelled',
    step: latest?.step ?? 0,
    validationElbo: latest?.validationElbo ?? null,
  }),
  evaluate: () => ({ outcome: 'cancelled' }),
  apply: () => ({ outcome: 'cancelled' }),
  part: () => ({ outcome: 'cancelled' }),
};
