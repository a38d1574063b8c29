import { QueueEvents } from 'bullmq';
import { openBullQueue } from './bull-queue.ts';
import type { BullEvents, BullQueue, QueueDriver } from './drivers/driver.ts';
import { InferenceCalls } from './inference-calls.ts';
import type { TrackedName } from './jobs.ts';
import type { Report } from './logger.ts';
import type { Producer } from './queues.ts';
import { Reach } from './reach.ts';
import { settles } from './time-limit.ts';
import { TrackedJobs } from './tracked-jobs.ts';

/** Parts are ordered by workers. */
type ProducedName = TrackedName | 'infer';
const CLOSE_LIMIT_MS = 1_000;

export async function openProducer(driver: QueueDriver, report: Report): Promise<Producer> {
  const reach = new Reach(driver);
  // BullMQ's queues start connecting when they are made; if the server is away, they work once it is back.
  await driver.waitUntilReady().catch((error: unknown) => {
    report('The queue cannot be reached yet', error);
  });
  const queues: Record<ProducedName, BullQueue> = {
    train: openBullQueue(driver, driver.producing, 'train', report),
    evaluate: openBullQueue(driver, driver.producing, 'evaluate', report),
    apply: openBullQueue(driver, driver.producing, 'apply', report),
    infer: openBullQueue(driver, driver.producing, 'infer', report),
  };
  const jobs = new TrackedJobs(queues, reach);
  let closed: Promise<void> | undefined;
  const events = openEvents(driver, (message, error) => {
    // Closing aborts the pending read, which is not a problem to report.
    if (closed === undefined) report(message, error);
  });
  const calls = new InferenceCalls(queues.infer, events, reach, report);
  driver.onLost(() => {
    calls.recheck();
  });

  return {
    enqueue: jobs.enqueue,
    get: jobs.get,
    list: jobs.list,
    cancel: jobs.cancel,
    infer: calls.infer,
    countWaiting: (name) =>
      reach.call(() => queues[name].getJobCountByTypes('waiting', 'prioritized', 'delayed')),
    ping: () => reach.call(() => driver.ping()),
    close: () => {
      calls.close();
      reach.close();
      const parts = [...Object.values(queues), events];
      closed ??= settles(Promise.allSettled(parts.map((part) => part.close())), CLOSE_LIMIT_MS).then(
        () => undefined,
      );
      return closed;
    },
  };
}

/** Reads from the start of the short stream: reading "from now on" would miss events on each reconnect until the first one arrives. */
function openEvents(driver: QueueDriver, report: Report): BullEvents {
  const events: BullEvents = new QueueEvents(
    'infer',
    { ...driver.producing, lastEventId: '0' },
    driver.factory,
  );
  events.on('error', (error) => {
    report('The events of the infer queue cannot be read', error);
  });
  return events;
}
