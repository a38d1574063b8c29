import type { Config } from '../config.ts';
import type { TrackedName } from '../queue/jobs.ts';
import type { Consumer, Processor, QueueBackend } from '../queue/queues.ts';
import { WorkerProcess } from './child/child-process.ts';
import type { Log } from './log.ts';
import { workerSettings } from './settings.ts';

export interface WorkerOptions {
  readonly config: Config;
  readonly queue: QueueBackend;
  readonly log: Log;
  /** The compiled child entry. */
  readonly childEntry: URL;
}

/** Inference jobs given to one process at a time, so that the next is there when it has answered one. */
const JOBS_PER_INFER_PROCESS = 4;

/** Takes jobs from the queue and runs them in child processes: one for each tracked job, a few kept for inference. */
export async function startWorker(options: WorkerOptions): Promise<Consumer> {
  const { config, queue } = options;
  const pool = new InferencePool(options);
  const consumers: Consumer[] = [];
  if (config.inferConcurrency > 0) {
    const concurrency = config.inferConcurrency * JOBS_PER_INFER_PROCESS;
    consumers.push(await queue.consume('infer', { concurrency }, pool.process));
  }
  const tracked: Record<TrackedName, number> = {
    train: config.trainConcurrency,
    evaluate: config.evaluateConcurrency,
  };
  for (const [name, concurrency] of Object.entries(tracked) as [TrackedName, number][]) {
    if (concurrency > 0)
      consumers.push(await queue.consume(name, { concurrency }, inOwnChild(name, options)));
  }
  return {
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await pool.stop();
    },
  };
}

function inOwnChild<Name extends TrackedName>(
  name: Name,
  { childEntry, config, log }: WorkerOptions,
): Processor<Name> {
  return async (context, payload) => {
    const child = new WorkerProcess(childEntry, workerSettings(config), log);
    try {
      return await child.run(name, context, payload);
    } finally {
      await child.stop();
    }
  };
}

/** Processes that keep models loaded; one that died is replaced when the next job comes. */
class InferencePool {
  readonly #options: WorkerOptions;
  readonly #children: WorkerProcess[] = [];
  #next = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  readonly process: Processor<'infer'> = (context, payload) => this.#pick().run('infer', context, payload);

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }

  #pick(): WorkerProcess {
    const { childEntry, config, log } = this.#options;
    const slot = this.#next++ % config.inferConcurrency;
    const known = this.#children[slot];
    if (known?.alive) return known;
    const made = new WorkerProcess(childEntry, workerSettings(config), log);
    this.#children[slot] = made;
    return made;
  }
}
