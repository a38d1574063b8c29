import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../../errors.ts';
import type { ApiOptions } from '../types.ts';

const PING_TIMEOUT_MS = 2000;

/** Errors: draining; not_ready with one problem per part that does not answer. */
export async function checkReady(api: ApiOptions, draining: boolean, log: FastifyBaseLogger): Promise<void> {
  if (draining) throw AppError.of('draining', undefined);
  const parts = { queue: () => api.producer.ping(), store: () => api.store.ping() };
  const checks = Object.entries(parts).map(async ([pointer, ping]) => {
    const detail = await findTrouble(pointer, ping, log);
    return detail === null ? [] : [{ pointer, detail }];
  });
  const problems = (await Promise.all(checks)).flat();
  if (problems.length === 0) return;
  const what = `${problems.map(({ pointer }) => pointer).join(' and ')} cannot be used`;
  throw AppError.of('not_ready', { what }, { problems });
}

/** What is wrong with a part, or null. */
async function findTrouble(
  name: string,
  ping: () => Promise<void>,
  log: FastifyBaseLogger,
): Promise<string | null> {
  const timer = new AbortController();
  const late = delay(PING_TIMEOUT_MS, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${PING_TIMEOUT_MS} ms`);
  });
  try {
    await Promise.race([ping(), late]);
    return null;
  } catch (error) {
    log.warn({ err: error, part: name }, 'not ready');
    return error instanceof AppError && error.kind === 'full' ? 'has no space left' : 'does not answer';
  } finally {
    late.catch(() => undefined);
    timer.abort();
  }
}
