import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createId } from '../../src/ids.ts';
import { openQueue } from '../../src/queue/open.ts';
import { InterruptedError, type Producer, type QueueBackend } from '../../src/queue/queues.ts';
import { hasRedis, startRedis, type RedisServer } from '../support/redis-server.ts';
import { queueContract } from './queue-contract.ts';
import { quiet } from './queue-under-test.ts';
import { aborted, echo, gate, inferOrder, succeeded, trainPayload } from './samples.ts';
import { eventually } from '../support/eventually.ts';

const available = hasRedis();
if (!available) console.log('Skipped, because redis-server is not on the PATH: the queue on Redis');

function settingsFor(redis: RedisServer) {
  const common = { queuePrefix: 'test', dataDir: 'unused', shutdownTimeoutMs: 5_000, lockDurationMs: 5_000 };
  return { ...common, queueUrl: redis.url };
}

describe.runIf(available)('the queue on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  queueContract(() => settingsFor(redis));
  afterAll(() => redis.remove());
});

describe.runIf(available)('a job whose worker loses it', () => {
  let redis: RedisServer;
  let backend: QueueBackend;
  let producer: Producer;
  beforeEach(async () => {
    redis = await startRedis();
    backend = await openQueue(
      { ...settingsFor(redis), shutdownTimeoutMs: 100, lockDurationMs: 2_000 },
      quiet,
    );
    producer = await backend.openProducer();
  });
  afterEach(async () => {
    await backend.close();
    await redis.remove();
  });
  /** As if the worker had been frozen for longer than a lock lasts. */
  const dropLocks = async (): Promise<void> => {
    const client = new Redis(redis.url);
    const locks = await client.keys('test:*:lock');
    await client.del(...locks);
    client.disconnect();
  };
  const succeeds = (id: string) =>
    vi.waitFor(
      async () => {
        const view = await producer.get(id);
        expect(view?.state).toBe('succeeded');
        return view;
      },
      { timeout: 20_000, interval: 50 },
    );

  it('is aborted there and taken up again', async () => {
    const held = gate();
    const reasons: unknown[] = [];
    await backend.consume('train', { concurrency: 1 }, async (context) => {
      if (context.attempt > 1) return succeeded;
      held.open();
      reasons.push(await aborted(context));
      throw new InterruptedError();
    });
    const id = createId('job');
    await producer.enqueue('train', id, trainPayload());
    await held.opened;
    await dropLocks();
    expect(await succeeds(id)).toMatchObject({ attempts: 2 });
    expect(reasons).toEqual(['shutdown']);
  });

  it('is taken up by another worker when its own stops without it', async () => {
    const held = gate();
    const stuck = await backend.consume('train', { concurrency: 1 }, () => {
      held.open();
      return new Promise(() => undefined);
    });
    const id = createId('job');
    await producer.enqueue('train', id, trainPayload());
    await held.opened;
    await stuck.close();
    expect((await producer.get(id))?.state).toBe('running');
    await backend.consume('train', { concurrency: 1 }, async () => succeeded);
    expect(await succeeds(id)).toMatchObject({ attempts: 2 });
  });

  it('fails soon where it is an inference', async () => {
    const held = gate();
    await backend.consume('infer', { concurrency: 2 }, () => {
      held.open();
      return new Promise(() => undefined);
    });
    const waiting = expect(producer.infer(inferOrder(0, 60_000))).rejects.toMatchObject({
      code: 'worker_process_died',
    });
    await held.opened;
    await dropLocks();
    await waiting;
  });
});

describe.runIf(available)('the queue while Redis goes away and comes back', () => {
  let redis: RedisServer;
  let backend: QueueBackend;
  let producer: Producer;
  const warn = vi.fn<() => void>();
  const unavailable = { code: 'queue_unavailable' };

  beforeEach(async () => {
    redis = await startRedis();
    backend = await openQueue(settingsFor(redis), { ...quiet, warn });
  });
  afterEach(async () => {
    await backend.close();
    await redis.remove();
  });
  const backAgain = () => vi.waitFor(() => producer.ping(), { timeout: 10_000, interval: 50 });

  it('refuses calls soon, tells those who wait, floods no log, and works again by itself', async () => {
    producer = await backend.openProducer();
    const waiting = expect(producer.infer(inferOrder(0, 60_000))).rejects.toMatchObject(unavailable);
    await eventually(async () => {
      expect(await producer.countWaiting('infer')).toBe(1);
    });
    await redis.stop();
    await waiting;
    await expect(producer.ping()).rejects.toMatchObject(unavailable);
    await expect(producer.enqueue('train', createId('job'), trainPayload())).rejects.toMatchObject(
      unavailable,
    );
    await expect(producer.infer(inferOrder(0, 60_000))).rejects.toMatchObject(unavailable);
    expect(warn.mock.calls.length).toBeLessThan(10);

    await redis.start();
    await backAgain();
    await backend.consume('infer', { concurrency: 1 }, echo);
    expect(await producer.infer(inferOrder(5))).toMatchObject({ step: 5 });
  });

  it('lets a job that runs meanwhile end as it would have', async () => {
    producer = await backend.openProducer();
    const end = gate();
    await backend.consume('infer', { concurrency: 1 }, echo);
    await backend.consume('train', { concurrency: 1 }, async () => {
      await end.opened;
      return succeeded;
    });
    const id = createId('job');
    await producer.enqueue('train', id, trainPayload());
    await eventually(async () => {
      expect((await producer.get(id))?.state).toBe('running');
    });
    await redis.stop();
    end.open();
    await redis.start();
    await backAgain();
    await vi.waitFor(
      async () => {
        expect((await producer.get(id))?.state).toBe('succeeded');
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(await producer.infer(inferOrder(6))).toMatchObject({ step: 6 });
  });

  it('may be opened, and closed, before Redis is there', async () => {
    await redis.stop();
    const early = await openQueue(settingsFor(redis), quiet);
    await early.consume('infer', { concurrency: 1 }, echo);
    const premature = await early.openProducer();
    await expect(premature.ping()).rejects.toMatchObject(unavailable);
    await early.close();

    producer = await backend.openProducer();
    await backend.consume('infer', { concurrency: 1 }, echo);
    await redis.start();
    await backAgain();
    expect(await producer.infer(inferOrder(7))).toMatchObject({ step: 7 });
  });
});
