import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { gate } from '../queue/samples.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { FAKE_DATA_SIZE } from '../support/fake-producer.ts';
import { eventually } from '../support/eventually.ts';

/** An API whose worker answers nothing until the gate opens. */
async function busyApi(maxConcurrentRequests: number) {
  const api = await buildTestApi({ maxConcurrentRequests });
  const { id: model_id } = await addModel(api);
  const worker = gate();
  api.producer.beforeAnswer = () => worker.opened;
  const payload = { model_id, data: [new Array<number>(FAKE_DATA_SIZE).fill(0)] };
  return { api, payload, open: worker.open, encode: () => encode(api, payload) };
}

const encode = (api: TestApi, payload: object) => api.call({ method: 'POST', url: '/encode', payload });

const begun = (api: TestApi, count: number) =>
  eventually(() => {
    expect(api.producer.inferences).toHaveLength(count);
  });

/** What a request can be answered before it reaches any route, and when something fails inside. */
const ANYWHERE = '400 408 417 431 500';
const statuses = (...texts: string[]) =>
  [...new Set(texts.join(' ').split(' '))].sort((one, other) => Number(one) - Number(other)).join(' ');
const COMPUTED = statuses(ANYWHERE, '404 409 413 422 429 503 504');

/** Every route: whether it is work, and the problems it documents. */
const ROUTES: readonly (readonly [
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  isWork: boolean,
  problems: string,
])[] = [
  ['GET', '/', false, ANYWHERE],
  ['GET', '/healthz', false, ANYWHERE],
  ['GET', '/readyz', false, statuses(ANYWHERE, '503')],
  ['POST', '/jobs', true, statuses(ANYWHERE, '404 409 413 415 422 429 503 507')],
  ['GET', '/jobs', false, statuses(ANYWHERE, '422 503')],
  ['GET', '/jobs/{id}', false, statuses(ANYWHERE, '404 503')],
  ['POST', '/jobs/{id}/cancel', false, statuses(ANYWHERE, '404 409 413 415 503')],
  ['GET', '/jobs/{id}/result', false, statuses(ANYWHERE, '404 416 503')],
  ['DELETE', '/jobs/{id}/result', false, statuses(ANYWHERE, '404 413 415 503')],
  ['POST', '/datasets', true, statuses(ANYWHERE, '413 415 422 429 503 507')],
  ['GET', '/datasets', false, statuses(ANYWHERE, '422 503')],
  ['GET', '/datasets/{id}', false, statuses(ANYWHERE, '404 503 507')],
  ['DELETE', '/datasets/{id}', false, statuses(ANYWHERE, '404 409 413 415 503')],
  ['GET', '/datasets/{id}/rows', true, statuses(ANYWHERE, '404 406 413 422 429 503 507')],
  ['GET', '/datasets/{id}/download', true, statuses(ANYWHERE, '404 406 409 422 429 503 507')],
  ['GET', '/datasets/{id}/statistics', false, statuses(ANYWHERE, '404 503 507')],
  ['GET', '/datasets/{id}/preview', true, statuses(ANYWHERE, '404 409 413 422 429 503 507')],
  ['POST', '/datasets/{id}/columns', true, statuses(ANYWHERE, '404 409 413 415 422 429 503 507')],
  ['GET', '/models', false, statuses(ANYWHERE, '422 503')],
  ['GET', '/models/{id}', false, statuses(ANYWHERE, '404 503')],
  ['GET', '/models/{id}/metrics', false, statuses(ANYWHERE, '404 406 422 503')],
  ['DELETE', '/models/{id}', false, statuses(ANYWHERE, '404 409 413 415 503')],
  ['POST', '/encode', true, statuses(COMPUTED, '406 415')],
  ['POST', '/decode', true, statuses(COMPUTED, '406 415')],
  ['POST', '/reconstruct', true, statuses(COMPUTED, '406 415')],
  ['POST', '/elbo', true, statuses(COMPUTED, '406 415')],
  ['POST', '/log-marginal-likelihood', true, statuses(COMPUTED, '406 415')],
  ['POST', '/log-likelihood', true, statuses(COMPUTED, '406 415')],
  ['POST', '/score', true, statuses(COMPUTED, '406 415')],
  ['POST', '/impute', true, statuses(COMPUTED, '406 415')],
  ['POST', '/samples', true, statuses(COMPUTED, '406 415')],
  ['GET', '/samples', true, statuses(COMPUTED, '406')],
  ['GET', '/models/{id}/manifold', true, statuses(COMPUTED, '406')],
  ['GET', '/models/{id}/traversal', true, statuses(COMPUTED, '406')],
  ['POST', '/interpolate', true, statuses(COMPUTED, '406 415')],
  ['GET', '/models/{id}/fidelity', true, COMPUTED],
  ['GET', '/models/{id}/scatter', true, statuses(COMPUTED, '406')],
  ['GET', '/v2', false, ANYWHERE],
  ['GET', '/v2/health/live', false, ANYWHERE],
  ['GET', '/v2/health/ready', false, statuses(ANYWHERE, '503')],
  ...['/v2/models/{id}', '/v2/models/{id}/versions/{version}'].flatMap(
    (path) =>
      [
        ['GET', path, false, statuses(ANYWHERE, '404 503')],
        ['GET', `${path}/config`, false, statuses(ANYWHERE, '404 503')],
        ['GET', `${path}/ready`, false, statuses(ANYWHERE, '404 503')],
        ['POST', `${path}/infer`, true, statuses(ANYWHERE, '404 413 415 429 503 504')],
      ] as const,
  ),
];

describe('routes', () => {
  it('document exactly the problems that follow from what they declare', async () => {
    const { app } = await buildTestApi();
    const document = JSON.stringify(app.swagger().paths);
    const paths = JSON.parse(document) as Record<string, Record<string, { responses: object }>>;
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { responses }]) => {
        const problems = Object.keys(responses).filter((status) => status >= '400');
        return [`${method.toUpperCase()} ${path}`, problems.join(' ')];
      }),
    );
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(ROUTES.map(([method, path, , problems]) => [`${method} ${path}`, problems])),
    );
  });

  it('are refused while the service is stopping if they do work, and only then', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    api.app.drain();
    for (const [method, path, isWork] of ROUTES) {
      const url = path.replace('{id}', id).replace('{version}', '1');
      const response = await api.call({ method, url, ...(method === 'POST' && { payload: {} }) });
      const refused = response.statusCode === 503 && response.body.includes('shutting down');
      expect(refused, `${method} ${path}`).toBe(isWork || /\/(readyz|v2\/health\/ready)$/.test(path));
      expect(response.headers['retry-after'], `${method} ${path}`).toBe(refused ? '5' : undefined);
    }
  });

  it('that do work are refused by HEAD too', async () => {
    const api = await buildTestApi();
    api.app.drain();
    expect((await api.app.inject({ method: 'HEAD', url: '/samples' })).statusCode).toBe(503);
    expect((await api.app.inject({ method: 'HEAD', url: '/jobs' })).statusCode).toBe(200);
  });
});

describe('work', () => {
  it('is refused at capacity, while everything else is answered', async () => {
    const { api, encode, open, payload } = await busyApi(2);
    const running = [encode(), encode()];
    await begun(api, 2);
    for (const request of [
      { method: 'POST', url: '/encode', payload },
      { method: 'POST', url: '/jobs', payload: { dataset_id: 'mnist' } },
      { method: 'POST', url: '/datasets?name=more', payload: Buffer.from('1,2') },
      { method: 'GET', url: `/samples?model_id=${payload.model_id}` },
    ] as const) {
      const response = await api.call(request);
      expect(problemOf(response)).toMatchObject({ status: 429, code: 'overloaded' });
      expect(response.headers['retry-after']).toBe('1');
    }
    for (const url of ['/healthz', '/readyz', '/jobs', `/models/${payload.model_id}`]) {
      expect((await api.call({ url })).statusCode).toBe(200);
    }
    expect(api.datasets.uploads).toEqual([]);
    open();
    for (const { statusCode } of await Promise.all(running)) expect(statusCode).toBe(200);
    expect((await encode()).statusCode).toBe(200);
  });

  it('frees its place however it ends', async () => {
    const { api, encode, open } = await busyApi(1);
    open();
    for (const [url, status] of [
      ['/encode', 422],
      ['/datasets', 415],
      ['/jobs', 422],
    ] as const) {
      const headers = { 'content-type': url === '/datasets' ? 'text/plain' : 'application/json' };
      expect((await api.call({ method: 'POST', url, payload: '{}', headers })).statusCode).toBe(status);
    }
    api.producer.failure = new Error('gone');
    expect((await encode()).statusCode).toBe(500);
    api.producer.failure = null;
    expect((await encode()).statusCode).toBe(200);
  });

  it('keeps its place until it is done, even if the client goes', async () => {
    const { api, encode, open, payload } = await busyApi(1);
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const body = JSON.stringify(payload);
    socket.write(`POST /encode HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`);
    socket.write(`content-length: ${body.length}\r\n\r\n${body}`);
    await begun(api, 1);
    socket.destroy();
    await eventually(async () => {
      await expect(connections(api)).resolves.toBe(0);
    });
    expect((await encode()).statusCode).toBe(429);
    open();
    await eventually(async () => {
      expect((await encode()).statusCode).toBe(200);
    });
  });
});

function connections(api: TestApi): Promise<number> {
  return new Promise((resolve, reject) => {
    api.app.server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}
