import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { buildApp, type App } from '../api/app.ts';
import type { Config } from '../config.ts';
import { openQueue } from '../queue/open.ts';
import { Batcher } from '../queue/batcher.ts';
import type { Infer } from '../queue/queues.ts';
import { openStore } from '../store/store.ts';
import type { Log } from '../worker/child/child-process.ts';
import { startWorker } from '../worker/worker.ts';
import { announceJobs } from './job-news.ts';
import { listen } from './listen.ts';
import type { ServiceLog } from './service-log.ts';

/** Runs of one model and operation on a queue, whose workers may be many. */
const RUNS_ON_QUEUE = 4;

/** Which parts of the service this process runs. */
export interface Parts {
  readonly api: boolean;
  readonly worker: boolean;
}

export interface Service {
  /** Base URL of the API; null if this process does not run it. */
  readonly url: string | null;
  /** Takes no new work, waits until running jobs have written a checkpoint, closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

type Closing = () => Promise<void>;

/** Starts the API, the workers, or both, on the configured queue. If one part fails, it closes those already started. */
export async function startService(config: Config, log: ServiceLog, parts: Parts): Promise<Service> {
  const closings: Closing[] = [];
  const stop = runOnce(async () => {
    // Reverse order: the API stops taking work first, the queue closes last.
    for (const close of closings.reverse()) await close();
  });
  try {
    const store = openStore(config, {
      entry: findIngestEntry(),
      timeLimitMs: config.uploadParseTimeoutMs,
      concurrency: config.uploadParseConcurrency,
    });
    closings.push(() => store.close());
    await store.removeLeftovers();
    const { logger } = log;
    const opened = await openQueue(config, logger);
    closings.push(() => opened.close());
    // A readable log reports each job, but the runtime only once.
    const queue = log.readable ? announceJobs(opened, logger) : opened;
    const workerLog = log.readable ? dropRepeats(logger) : logger;
    let inferHere: Infer | null = null;
    if (parts.worker) {
      const worker = await startWorker({
        config,
        queue,
        log: workerLog,
        childEntry: findChildEntry(),
      });
      closings.push(() => worker.close());
      inferHere = worker.infer;
      log.announce('worker ready', {
        queue: queue.kind,
        train: config.trainConcurrency,
        evaluate: config.evaluateConcurrency,
        infer: config.inferConcurrency,
      });
    }
    const url = parts.api ? await startApi() : null;
    return { url, stop };

    async function startApi(): Promise<string> {
      const opened = await queue.openProducer();
      closings.push(() => opened.close());
      const infer = inferHere ?? opened.infer;
      // Here, one more than there are processes: the next run is on its way while one computes.
      const atOnce = inferHere === null ? RUNS_ON_QUEUE : config.inferConcurrency + 1;
      const batcher = new Batcher({ infer, atOnce, delayMs: config.batchDelayMs });
      const producer = { ...opened, infer: batcher.infer };
      const app = await buildApp({ config, producer, store, logger });
      closings.push(() => closeWithin(config.shutdownTimeoutMs / 2, app));
      await listen(app, config);
      const { port } = app.server.address() as AddressInfo;
      const address = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
      log.announce('listening', { url: address, queue: queue.kind, data: config.dataDir });
      return address;
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Logs each info message once. */
function dropRepeats(logger: Logger): Log {
  const told = new Set<string>();
  return {
    info: (values, message) => {
      if (!told.has(message)) logger.info(values, message);
      told.add(message);
    },
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
  };
}

/** The compiled entry of child processes. */
function findChildEntry(): URL {
  return new URL('../worker/child/entry.js', import.meta.url);
}

/** The compiled entry of threads that read uploads. */
function findIngestEntry(): URL {
  return new URL('../store/ingest/entry.js', import.meta.url);
}

/** Closes the API. Cuts connections that are still open after `ms`. */
async function closeWithin(ms: number, app: App): Promise<void> {
  const timer = setTimeout(() => {
    app.server.closeAllConnections();
  }, ms);
  await app.close();
  clearTimeout(timer);
}

function runOnce(fn: Closing): Closing {
  let running: Promise<void> | undefined;
  return () => (running ??= fn());
}
