import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { buildApp, type App } from '../api/app.ts';
import type { Config } from '../config.ts';
import { openQueue } from '../queue/open.ts';
import type { Consumer } from '../queue/queues.ts';
import { openStore } from '../store/store.ts';
import { startWorker } from '../worker/worker.ts';
import { listen } from './listen.ts';

/** Which parts of the service this process runs. */
export interface Parts {
  readonly api: boolean;
  readonly worker: boolean;
}

export interface Service {
  /** Base URL of the API; null where it does not run here. */
  readonly url: string | null;
  /** Takes no new work, lets running jobs write a checkpoint, closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

type Closing = () => Promise<void>;

/** Starts the API, the workers, or both, on the configured queue. What was started is closed again if a later part fails. */
export async function startService(config: Config, log: Logger, parts: Parts): Promise<Service> {
  const closings: Closing[] = [];
  const stop = once(async () => {
    // In the order opposite to starting: the API stops taking work first, the queue goes last.
    for (const close of closings.reverse()) await close();
  });
  try {
    const store = openStore(config);
    await store.removeLeftovers();
    const queue = await openQueue(config, log);
    closings.push(() => queue.close());
    if (parts.worker) {
      const worker: Consumer = await startWorker({ config, queue, log, childEntry: childEntry() });
      closings.push(() => worker.close());
      log.info(
        {
          queue: queue.kind,
          train: config.trainConcurrency,
          evaluate: config.evaluateConcurrency,
          infer: config.inferConcurrency,
        },
        'worker ready',
      );
    }
    const url = parts.api ? await startApi() : null;
    return { url, stop };

    async function startApi(): Promise<string> {
      const producer = await queue.producer();
      closings.push(() => producer.close());
      const app = await buildApp({ config, producer, store, logger: log });
      closings.push(() => closeWithin(config.shutdownTimeoutMs / 2, app));
      await listen(app, config);
      const { port } = app.server.address() as AddressInfo;
      const address = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
      log.info({ url: address, queue: queue.kind, data: config.dataDir }, 'listening');
      return address;
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The compiled child process beside this file. */
function childEntry(): URL {
  return new URL('../worker/child/main.js', import.meta.url);
}

/** Closes the API; connections that are still open after half of the time to stop are cut, so that the workers have the other. */
async function closeWithin(ms: number, app: App): Promise<void> {
  const timer = setTimeout(() => {
    app.server.closeAllConnections();
  }, ms);
  await app.close();
  clearTimeout(timer);
}

function once(fn: Closing): Closing {
  let running: Promise<void> | undefined;
  return () => (running ??= fn());
}
