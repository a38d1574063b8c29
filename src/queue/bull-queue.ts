import { Queue } from 'bullmq';
import type { BullQueue, ConnectionOptions, QueueDriver } from './drivers/driver.ts';
import type { JobName } from './jobs.ts';
import type { Report } from './logger.ts';
import { MAX_EVENTS } from './stored.ts';

export function openBullQueue(
  driver: QueueDriver,
  connection: ConnectionOptions,
  name: JobName,
  report: Report,
): BullQueue {
  const options = { ...connection, streams: { events: { maxLen: MAX_EVENTS } } };
  const queue: BullQueue = new Queue(name, options, driver.factory);
  queue.on('error', (error) => {
    report(`The ${name} queue has a problem`, error);
  });
  return queue;
}
