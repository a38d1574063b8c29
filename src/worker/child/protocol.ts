import type { Config } from '../../config.ts';
import type { SerializedError } from '../../errors.ts';
import type { JobName, JobTypes } from '../../queue/jobs.ts';

/** The part of the configuration that child processes need; plain data. */
export type ChildSettings = Pick<
  Config,
  'dataDir' | 'runtime' | 'device' | 'threads' | 'maxUploadBytes' | 'maxDatasetBytes'
>;

/** Jobs that run in child processes. */
export type ChildJobName = Exclude<JobName, 'apply'>;

/** Messages between a worker and its child process (structured clone, so typed arrays stay typed arrays). */
export type ToChild =
  | { readonly type: 'start'; readonly settings: ChildSettings }
  | {
      readonly type: 'run';
      readonly call: number;
      readonly name: ChildJobName;
      readonly jobId: string;
      readonly attempt: number;
      readonly payload: JobTypes[JobName]['payload'];
    }
  | { readonly type: 'abort'; readonly call: number; readonly reason: string };

export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly call: number; readonly progress: JobTypes[JobName]['progress'] }
  | { readonly type: 'result'; readonly call: number; readonly result: JobTypes[JobName]['result'] }
  | { readonly type: 'interrupted'; readonly call: number }
  | { readonly type: 'error'; readonly call: number; readonly error: SerializedError }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };
