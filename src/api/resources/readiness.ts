import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../../errors.ts';
import type { ApiOptions } from '../types.ts';

const PING_TIMEOUT_MS = 2000;

/** Errors: draining, not_ready with one problem for each part that does not answer. */
export async function checkReady(api: ApiOptions, draining: boolean, log: FastifyBaseLogger): Promise<void> {
  if (draining) throw AppError.of('draining', undefined);
  const parts = { queue: () => api.producer.ping(), store: () => api.store.ping() };
  const failed = await Promise.all(
    Object.entries(parts).map(async ([name, ping]) => ((await answers(name, ping, log)) ? [] : [name])),
  );
  const names = failed.flat();
  if (names.length === 0) return;
  const problems = names.map((pointer) => ({ pointer, detail: 'does not answer' }));
  throw AppError.of('not_ready', { what: `${names.join(' and ')} cannot be reached` }, { problems });
}

async function answers(name: string, ping: () => Promise<void>, log: FastifyBaseLogger): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(PING_TIMEOUT_MS, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${PING_TIMEOUT_MS} ms`);
  });
  try {
    await Promise.race([ping(), late]);
    return true;
  } catch (error) {
    log.warn({ err: error, part: name }, 'not ready');
    return false;
  } finally {
    late.catch(() => undefined);
    timer.abort();
  }
}
