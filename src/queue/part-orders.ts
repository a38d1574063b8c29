import { openBullQueue } from './bull-queue.ts';
import type { QueueDriver } from './drivers/driver.ts';
import type { Report } from './logger.ts';
import type { PartOrders } from './queues.ts';
import { Reach } from './reach.ts';
import { readJob } from './read-job.ts';
import { JOB_OPTIONS, type TrackedData } from './stored.ts';
import { markCancelled } from './tracked-jobs.ts';

export interface OpenPartOrders extends PartOrders {
  close(): Promise<void>;
}

export function openPartOrders(driver: QueueDriver, report: Report): OpenPartOrders {
  const reach = new Reach(driver);
  const queue = openBullQueue(driver, driver.producing, 'part', report);
  return {
    enqueue: (id, payload) =>
      reach.call(async () => {
        const data: TrackedData<'part'> = { payload, cancelRequestedAt: null };
        await queue.add('part', data, { ...JOB_OPTIONS.part, jobId: id });
      }),
    get: (id) => reach.call(() => readJob(queue, 'part', id)),
    cancel: (id) => reach.call(() => markCancelled(queue, id)),
    forget: (id) =>
      reach.call(async () => {
        await queue.remove(id);
      }),
    close: async () => {
      reach.close();
      await queue.close();
    },
  };
}
