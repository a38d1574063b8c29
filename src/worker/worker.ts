import type { Config } from '../config.ts';
import { TRACKED_NAMES, type TrackedName } from '../queue/jobs.ts';
import type { Consumer, QueueBackend } from '../queue/queues.ts';
import { InferencePool, runInOwnProcess, type ChildOptions, type Log } from './child/child-process.ts';

export interface WorkerOptions {
  readonly config: Config;
  readonly queue: QueueBackend;
  readonly log: Log;
  /** The compiled child entry. */
  readonly childEntry: URL;
}

/** Inference jobs per process at a time, so that the next one is already there when it has answered one. */
const JOBS_PER_INFER_PROCESS = 4;

/** Takes jobs from the queue and runs them in child processes: one per tracked job, and a few long-lived ones for inference. */
export async function startWorker({ config, queue, log, childEntry }: WorkerOptions): Promise<Consumer> {
  const { dataDir, runtime, device, threads, maxUploadBytes, maxDatasetBytes } = config;
  const settings = { dataDir, runtime, device, threads, maxUploadBytes, maxDatasetBytes };
  const options: ChildOptions = { entry: childEntry, settings, log };
  const pool = new InferencePool(config.inferConcurrency, options);
  const consumers: Consumer[] = [];
  if (config.inferConcurrency > 0) {
    const concurrency = config.inferConcurrency * JOBS_PER_INFER_PROCESS;
    consumers.push(await queue.consume('infer', { concurrency }, pool.run));
  }
  const tracked: Record<TrackedName, number> = {
    train: config.trainConcurrency,
    evaluate: config.evaluateConcurrency,
  };
  for (const name of TRACKED_NAMES) {
    const concurrency = tracked[name];
    if (concurrency > 0) {
      consumers.push(await queue.consume(name, { concurrency }, runInOwnProcess(name, options)));
    }
  }
  return {
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await pool.stop();
    },
  };
}
