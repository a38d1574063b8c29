import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import type { JobName, JobState } from '../../src/queue/jobs.ts';
import { openQueue, type QueueSettings } from '../../src/queue/open.ts';
import type { Consumer, Processor, Producer, QueueBackend, JobView } from '../../src/queue/queues.ts';

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One queue that the tests of a file share; consumers live for one test. */
export interface QueueUnderTest {
  readonly settings: () => QueueSettings;
  readonly backend: QueueBackend;
  readonly producer: Producer;
  /** Opens it again after `backend.close()`. */
  open(): Promise<void>;
  consume<Name extends JobName>(
    name: Name,
    processor: Processor<Name>,
    concurrency?: number,
  ): Promise<Consumer>;
  /** Waits until the training job is in one of the states. */
  inState(id: string, ...states: JobState[]): Promise<JobView>;
}

export function queueUnderTest(settings: () => QueueSettings): QueueUnderTest {
  let opened: { backend: QueueBackend; producer: Producer } | undefined;
  const consumers: Consumer[] = [];
  const current = () => {
    if (opened === undefined) throw new Error('the queue is not open yet');
    return opened;
  };
  const open = async (): Promise<void> => {
    const backend = await openQueue(settings(), quiet);
    opened = { backend, producer: await backend.openProducer() };
  };

  beforeAll(open);
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
  });
  afterAll(() => opened?.backend.close());

  return {
    settings,
    get backend() {
      return current().backend;
    },
    get producer() {
      return current().producer;
    },
    open,
    consume: async (name, processor, concurrency = 1) => {
      const consumer = await current().backend.consume(name, { concurrency }, processor);
      consumers.push(consumer);
      return consumer;
    },
    inState: (id, ...states) =>
      vi.waitFor(
        async () => {
          const view = await current().producer.get(id);
          if (view !== null && states.includes(view.state)) return view;
          throw new Error(`${id} is ${view?.state ?? 'gone'}`);
        },
        { timeout: 30_000, interval: 20 },
      ),
  };
}
