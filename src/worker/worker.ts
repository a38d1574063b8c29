import type { Config } from '../config.ts';
import type { Consumer, Infer, Processor, QueueBackend } from '../queue/queues.ts';
import { openStore } from '../store/store.ts';
import { ProcessPool, runInOwnProcess, type ChildOptions, type Log } from './child/child-process.ts';
import { inferIn } from './infer-in.ts';
import { createApplyProcessor } from './processors/apply.ts';

export interface WorkerOptions {
  readonly config: Config;
  readonly queue: QueueBackend;
  readonly log: Log;
  /** The compiled child entry. */
  readonly childEntry: URL;
}

export interface RunningWorker extends Consumer {
  /** Runs inferences without a queue, for callers of the same process; null if the worker runs none. */
  readonly infer: Infer | null;
}

/** Inference jobs per process at a time, so that the next one is already there when it has answered one. */
const JOBS_PER_INFER_PROCESS = 4;

/** Jobs over whole data sets that a worker divides into parts at a time; it only waits for them. */
const APPLY_AT_ONCE = 8;
/** Processes that compute parts end when there have been none for this long. */
const PART_IDLE_MS = 30_000;

/**
 * Takes jobs from the queue and runs them in child processes: one for each training and evaluation, and a few that last longer for
 * parts of jobs over whole data sets and for inference.
 */
export async function startWorker({ config, queue, log, childEntry }: WorkerOptions): Promise<RunningWorker> {
  const { dataDir, runtime, device, threads, maxUploadBytes, maxDatasetBytes } = config;
  const settings = { dataDir, runtime, device, threads, maxUploadBytes, maxDatasetBytes };
  const options: ChildOptions = { entry: childEntry, settings, log };
  const pool = new ProcessPool(config.inferConcurrency, options);
  const partPool = new ProcessPool(config.applyConcurrency, options, PART_IDLE_MS);
  const consumers: Consumer[] = [];
  // Nobody else can reach the embedded queue, and the service's own requests come directly.
  if (config.inferConcurrency > 0 && queue.kind !== 'embedded') {
    const concurrency = config.inferConcurrency * JOBS_PER_INFER_PROCESS;
    const run: Processor<'infer'> = (context, payload) => pool.run('infer', context, payload);
    consumers.push(await queue.consume('infer', { concurrency }, run));
  }
  const tracked = { train: config.trainConcurrency, evaluate: config.evaluateConcurrency };
  for (const name of ['train', 'evaluate'] as const) {
    const concurrency = tracked[name];
    if (concurrency > 0) {
      consumers.push(await queue.consume(name, { concurrency }, runInOwnProcess(name, options)));
    }
  }
  if (config.applyConcurrency > 0) {
    const concurrency = config.applyConcurrency;
    const runPart: Processor<'part'> = (context, payload) => partPool.run('part', context, payload);
    consumers.push(await queue.consume('part', { concurrency }, runPart));
    const warn = (message: string): void => {
      log.warn({}, message);
    };
    const store = openStore(config);
    const apply = createApplyProcessor({ store, parts: await queue.openParts(), warn });
    consumers.push(await queue.consume('apply', { concurrency: APPLY_AT_ONCE }, apply));
  }
  return {
    infer: config.inferConcurrency > 0 ? inferIn(pool) : null,
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await Promise.all([pool.stop(), partPool.stop()]);
    },
  };
}
