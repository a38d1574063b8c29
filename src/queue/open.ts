import { join } from 'node:path';
import { openBullQueue } from './bull-queue.ts';
import { openConsumer } from './consumer.ts';
import type { QueueDriver } from './drivers/driver.ts';
import { JOB_NAMES } from './jobs.ts';
import { limitRate, type QueueLogger, type Report } from './logger.ts';
import { openPartOrders, type OpenPartOrders } from './part-orders.ts';
import { openProducer } from './producer.ts';
import type { Consumer, Producer, QueueBackend } from './queues.ts';

export interface QueueSettings {
  /** redis://, rediss:// or postgres:// URL; empty: embedded in this process. */
  readonly queueUrl: string;
  /** Key prefix (Redis) or schema (Postgres). */
  readonly queuePrefix: string;
  /** The embedded queue lives in its folder `queue`. */
  readonly dataDir: string;
  /** How long a closing consumer waits for its jobs. */
  readonly shutdownTimeoutMs: number;
  /** If a worker gives no sign of life for this long, it loses its job. Default 10 s. */
  readonly lockDurationMs?: number;
}

/**
 * Opens the queue that the settings name and loads only its driver. Redis may start later; Postgres must be running.
 * Errors: queue_folder_locked, queue_unavailable, validation_failed.
 */
export async function openQueue(settings: QueueSettings, logger: QueueLogger): Promise<QueueBackend> {
  const report = limitRate(logger);
  const driver = await openDriver(settings, logger, report);
  if (driver.exclusive) await reclaimJobs(driver, report);
  const producers: Producer[] = [];
  const consumers: Consumer[] = [];
  const orders: OpenPartOrders[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await Promise.all([...producers, ...orders].map((opened) => opened.close()));
    await driver.close();
  };
  let closed: Promise<void> | undefined;

  return {
    kind: driver.kind,
    openProducer: async () => {
      await driver.prepare();
      const producer = await openProducer(driver, report);
      producers.push(producer);
      return producer;
    },
    openParts: async () => {
      await driver.prepare();
      const opened = openPartOrders(driver, report);
      orders.push(opened);
      return opened;
    },
    consume: async (name, { concurrency }, processor) => {
      await driver.prepare();
      const { lockDurationMs = 10_000, shutdownTimeoutMs } = settings;
      const limits = { concurrency, lockDurationMs, shutdownTimeoutMs };
      const consumer = openConsumer(name, limits, processor, { driver, logger, report });
      consumers.push(consumer);
      return consumer;
    },
    close: () => (closed ??= close()),
  };
}

async function openDriver(
  settings: QueueSettings,
  logger: QueueLogger,
  report: Report,
): Promise<QueueDriver> {
  const { queueUrl, queuePrefix, dataDir } = settings;
  if (queueUrl === '') {
    const { openEmbedded } = await import('./drivers/embedded.ts');
    return openEmbedded(join(dataDir, 'queue'), logger);
  }
  if (/^rediss?:/.test(queueUrl)) {
    const { openRedis } = await import('./drivers/redis.ts');
    return openRedis(queueUrl, queuePrefix, report);
  }
  const { openPostgres } = await import('./drivers/postgres.ts');
  return openPostgres(queueUrl, queuePrefix, report);
}

/** Puts jobs that ran when the last process died back at once, except inferences: nobody waits for those any more. */
async function reclaimJobs(driver: QueueDriver, report: Report): Promise<void> {
  for (const name of JOB_NAMES) {
    const queue = openBullQueue(driver, driver.producing, name, report);
    // Token '0' takes a job from any holder.
    for (const job of await queue.getActive()) await job.moveToWait('0');
    if (name === 'infer') await queue.drain();
    await queue.close();
  }
}
