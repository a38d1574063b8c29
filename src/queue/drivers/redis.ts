import { createRedisBackend } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import type { Report } from '../logger.ts';
import { limitTime } from '../time-limit.ts';
import { createUnavailable, type QueueDriver } from './driver.ts';

/** How long a call waits for a connection that is being opened. */
const CONNECT_WAIT_MS = 1_000;

const RECONNECT = {
  retryStrategy: (attempt: number) => Math.min(100 * attempt, 1_000),
  // Closing a lost connection keeps the process alive for this long.
  disconnectTimeout: 100,
};
const FAIL_FAST = { ...RECONNECT, enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: 2_000 };
const PATIENT = { ...RECONNECT, enableOfflineQueue: true, maxRetriesPerRequest: null };

/** Redis: the server may start later, go away and come back. */
export async function openRedis(url: string, prefix: string, report: Report): Promise<QueueDriver> {
  const { Redis: RedisClient } = await import('ioredis');
  const clients = new Set<Redis>();
  /** Remembers a client, and the copies that BullMQ makes of it for blocking commands, to close them. */
  const track = (client: Redis): Redis => {
    clients.add(client);
    client.on('error', (error: Error) => {
      report('The connection to Redis failed', error);
    });
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override?: Partial<RedisOptions>) => track(duplicate({ ...PATIENT, ...override }));
    return client;
  };
  const commands = track(new RedisClient(url, FAIL_FAST));
  let closing = false;

  return {
    kind: 'redis',
    factory: createRedisBackend,
    exclusive: false,
    // BullMQ's own version check is one command on the first connection: if it fails, the queue never recovers.
    producing: { connection: commands, prefix, skipVersionCheck: true, skipWaitingForReady: true },
    connectConsumer: () => ({ connection: track(new RedisClient(url, PATIENT)), prefix }),
    prepare: async () => undefined,
    waitUntilReady: shareReadiness(commands),
    ping: async () => {
      await commands.ping();
    },
    onLost: (listener) => {
      commands.on('close', () => {
        if (!closing) listener();
      });
    },
    close: async () => {
      closing = true;
      for (const client of clients) client.disconnect();
    },
  };
}

/** All callers share one wait and therefore one listener. */
function shareReadiness(client: Redis): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  const wait = async (): Promise<void> => {
    let listener = (): void => undefined;
    const connected = new Promise<void>((resolve) => {
      listener = resolve;
      client.once('ready', listener);
    });
    try {
      await limitTime(connected, CONNECT_WAIT_MS, () => createUnavailable('no connection to Redis'));
    } finally {
      client.off('ready', listener);
      waiting = undefined;
    }
  };
  return async () => {
    if (client.status === 'ready') return;
    waiting ??= wait();
    await waiting;
  };
}
