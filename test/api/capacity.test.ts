import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { gate } from '../queue/samples.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { FAKE_DATA_SIZE, plausible } from '../support/fake-producer.ts';

/** An API with a worker that answers nothing until it is let. */
async function busyApi(maxConcurrentRequests: number) {
  const api = await buildTestApi({ maxConcurrentRequests });
  const { id: model_id } = await addModel(api);
  const worker = gate();
  api.producer.answer = async (payload) => {
    await worker.opened;
    return plausible(payload);
  };
  const payload = { model_id, data: [new Array<number>(FAKE_DATA_SIZE).fill(0)] };
  return { api, payload, open: worker.open, encode: () => encode(api, payload) };
}

const encode = (api: TestApi, payload: object) => api.call({ method: 'POST', url: '/encode', payload });

const begun = (api: TestApi, count: number) =>
  vi.waitFor(() => {
    expect(api.producer.inferences).toHaveLength(count);
  });

describe('requests that are worked on', () => {
  it('are bounded: further ones are refused, questions are still answered', async () => {
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

  it('leave their place however they end', async () => {
    const { api, encode, open } = await busyApi(1);
    open();
    for (const [url, status] of [
      ['/encode', 422],
      ['/datasets', 415],
      ['/jobs', 422],
    ] as const) {
      expect((await api.call({ method: 'POST', url, payload: {} })).statusCode).toBe(status);
    }
    api.producer.failure = new Error('gone');
    expect((await encode()).statusCode).toBe(500);
    api.producer.failure = null;
    expect((await encode()).statusCode).toBe(200);
  });

  it('keep their place when the client goes, until the work is done', async () => {
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
    await vi.waitFor(async () => {
      await expect(connections(api)).resolves.toBe(0);
    });
    expect((await encode()).statusCode).toBe(429);
    open();
    await vi.waitFor(async () => {
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
