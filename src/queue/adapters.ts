import type { Static, TSchema } from 'typebox';
import { compileCheck, type Check } from '../validation.ts';
import type { BullJob } from './drivers/driver.ts';
import { packResult, unpackPayload } from './infer-packing.ts';
import {
  ApplyPayload,
  EvaluatePayload,
  PartPayload,
  TrainPayload,
  type DurableName,
  type JobName,
  type JobTypes,
} from './jobs.ts';
import { migratePayload } from './migrations.ts';
import { isCancelled } from './running-jobs.ts';
import {
  CANCELLED,
  INLINE_LIMIT,
  measurePacked,
  readProgress,
  type InferData,
  type StoredProgress,
  type StoredReturn,
} from './stored.ts';

/** What differs between job names when a BullMQ job goes to a processor and back. */
export interface Adapter<Name extends JobName> {
  /** Payloads are checked again on arrival: another version of the service may have written them. */
  readonly check: Check<JobTypes[Name]['payload']>;
  /** How a job ends that need not run any more, or null. */
  endUnrun(job: BullJob): StoredReturn | null;
  begin(job: BullJob): Promise<void>;
  storeProgress(job: BullJob, progress: JobTypes[Name]['progress']): Promise<void>;
  finish(job: BullJob, result: JobTypes[Name]['result']): Promise<StoredReturn>;
  /** How a job ends that stopped because it was cancelled, or null if jobs of this name cannot be cancelled. */
  endCancelled(job: BullJob): StoredReturn | null;
}

export const ADAPTERS: { readonly [Name in JobName]: Adapter<Name> } = {
  train: createDurableAdapter('train', checkPayload('train', TrainPayload)),
  evaluate: createDurableAdapter('evaluate', checkPayload('evaluate', EvaluatePayload)),
  apply: createDurableAdapter('apply', checkPayload('apply', ApplyPayload)),
  part: createDurableAdapter('part', checkPayload('part', PartPayload)),
  infer: {
    check: unpackPayload,
    endUnrun: () => null,
    begin: async () => undefined,
    storeProgress: async () => undefined,
    finish: async (job, result) => {
      const packed = packResult(result);
      if (measurePacked(packed) <= INLINE_LIMIT) return { inline: packed };
      await job.updateData({ payload: null, result: packed } satisfies InferData);
      return { inline: null };
    },
    endCancelled: () => null,
  },
};

function checkPayload<Schema extends TSchema>(name: DurableName, schema: Schema): Check<Static<Schema>> {
  const check = compileCheck(schema, `The payload of the ${name} job`);
  return (payload) => check(migratePayload(name, payload));
}

function createDurableAdapter<Name extends DurableName>(
  name: Name,
  check: Check<JobTypes[Name]['payload']>,
): Adapter<Name> {
  const endCancelled = (job: BullJob, closedUnrun: boolean): StoredReturn => ({
    result: CANCELLED[name](readProgress<Name>(job.progress)?.latest ?? null),
    closedUnrun,
  });
  return {
    check,
    endUnrun: (job) => (isCancelled(job.data) ? endCancelled(job, true) : null),
    begin: async (job) => {
      if (readProgress(job.progress) === null) await job.updateProgress(startProgress());
    },
    storeProgress: (job, latest) =>
      job.updateProgress({ ...(readProgress(job.progress) ?? startProgress()), latest }),
    finish: async (_job, result) => ({ result, closedUnrun: false }),
    endCancelled: (job) => endCancelled(job, false),
  };
}

function startProgress(): StoredProgress {
  return { startedAt: Date.now(), latest: null };
}
