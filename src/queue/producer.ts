import { QueueEvents } from 'bullmq';
import { AppError } from '../errors.ts';
import { openBullQueue } from './bull-queue.ts';
import { unavailable, type BullEvents, type BullQueue, type Driver } from './drivers/driver.ts';
import { InferenceCalls } from './inference.ts';
import { JOB_NAMES, type JobName } from './jobs.ts';
import type { Report } from './logger.ts';
import type { Producer } from './queues.ts';
import { settles, within } from './time-limit.ts';
import { cancelTraining, enqueueTraining, listTraining } from './training.ts';
import { readTraining } from './train-view.ts';

/** A server that took a command and says nothing for so long is away. */
const ANSWER_LIMIT_MS = 10_000;
const CLOSE_LIMIT_MS = 1_000;

export async function openProducer(driver: Driver, report: Report): Promise<Producer> {
  const reach = reaching(driver);
  // The queues set themselves up at once; where the server is away they do without and work when it is back.
  await driver.ready().catch((error: unknown) => {
    report('The queue cannot be reached yet', error);
  });
  const queues: Record<JobName, BullQueue> = {
    train: openBullQueue(driver, driver.producing, 'train', report),
    infer: openBullQueue(driver, driver.producing, 'infer', report),
  };
  let closed: Promise<void> | undefined;
  const events = openEvents(driver, (message, error) => {
    // Closing ends the read that waits for the next event.
    if (closed === undefined) report(message, error);
  });
  const calls = new InferenceCalls(queues.infer, events, reach, report);
  driver.onLost(() => {
    calls.recheck();
  });

  return {
    enqueueTraining: (id, payload) => reach(() => enqueueTraining(queues.train, id, payload)),
    getTraining: (id) => reach(() => readTraining(queues.train, id)),
    listTraining: (page) => reach(() => listTraining(queues.train, page)),
    cancelTraining: (id) => reach(() => cancelTraining(queues.train, id)),
    infer: (payload, options) => calls.infer(payload, options),
    depth: (name) => reach(() => queues[name].getJobCountByTypes('waiting', 'prioritized', 'delayed')),
    ping: () => reach(() => driver.ping()),
    close: () => {
      calls.close();
      const parts = [...JOB_NAMES.map((name) => queues[name]), events];
      closed ??= settles(Promise.allSettled(parts.map((part) => part.close())), CLOSE_LIMIT_MS).then(
        () => undefined,
      );
      return closed;
    },
  };
}

/** Read from the start of the short stream: "from now on" would begin anew, and miss some, until the first event. */
function openEvents(driver: Driver, report: Report): BullEvents {
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

/** Runs an operation on the queue; whatever it throws that is not ours means that the queue cannot be reached. */
function reaching(driver: Driver) {
  return async <T>(operation: () => Promise<T>): Promise<T> => {
    try {
      await driver.ready();
      return await within(operation(), ANSWER_LIMIT_MS, () => unavailable('it does not answer'));
    } catch (error) {
      throw error instanceof AppError ? error : unavailable('the connection failed', error);
    }
  };
}
