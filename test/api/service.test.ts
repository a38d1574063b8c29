import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { buildTestApi, problemOf } from '../support/api.ts';

describe('the service', () => {
  it('says at / what there is', async () => {
    const api = await buildTestApi();
    const { links } = (await api.call({ url: '/' })).json<{ links: Record<string, string> }>();
    const paths = Object.keys(api.app.swagger().paths ?? {});
    for (const link of Object.values(links).filter((one) => !one.startsWith('/docs'))) {
      expect(paths).toContain(link);
    }
  });

  it('is alive whatever happens around it', async () => {
    const api = await buildTestApi();
    api.producer.failure = new Error('gone');
    api.store.pingFailure = new Error('gone');
    api.app.drain();
    expect((await api.call({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  });

  it('is ready where queue and store answer', async () => {
    const api = await buildTestApi();
    expect((await api.call({ url: '/readyz' })).json()).toEqual({ status: 'ok' });
  });

  it.each([
    [true, false, ['queue']],
    [false, true, ['store']],
    [true, true, ['queue', 'store']],
  ])('says which part is missing (queue gone: %s, store gone: %s)', async (queue, store, pointers) => {
    const api = await buildTestApi();
    if (queue) api.producer.failure = AppError.of('queue_unavailable', { detail: 'refused' });
    if (store) api.store.pingFailure = new Error('read-only: /srv/data');
    const response = await api.call({ url: '/readyz' });
    const problem = problemOf(response);
    expect(problem).toMatchObject({ status: 503, code: 'not_ready' });
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.body).not.toContain('/srv');
  });

  it('is not ready where the disk is full', async () => {
    const api = await buildTestApi();
    api.store.pingFailure = AppError.of('store_full', { key: 'ping/1', code: 'ENOSPC' });
    expect(problemOf(await api.call({ url: '/readyz' })).errors).toEqual([
      { pointer: 'store', detail: 'has no space left' },
    ]);
  });

  it('is not ready where a part hangs', async () => {
    const api = await buildTestApi();
    api.producer.ping = () => new Promise(() => undefined);
    expect(problemOf(await api.call({ url: '/readyz' })).errors).toEqual([
      { pointer: 'queue', detail: 'does not answer' },
    ]);
  });
});
