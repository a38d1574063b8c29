import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { RowReader } from '../../src/store/datasets.ts';
import { datasetRecord } from '../support/fake-stores.ts';
import { addModel, buildTestApi, type TestApi } from '../support/api.ts';

/** The API on a port of its own, and a way to talk to it byte by byte. */
async function listening(settings: Partial<Config> = {}) {
  const api = await buildTestApi(settings);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.app.server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  return { api, open, url: `http://127.0.0.1:${port}` };
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) text += String(chunk);
  return text;
}

/** Numbers that are made up as they are read; `onClose` is called when nobody reads on. */
function endlessRows(id: string, onClose: () => void): RowReader {
  return {
    record: datasetRecord({ id, rows: 1e9, dtype: 'float32', scale: 1, row_shape: [4] }),
    readRows: async (_rows, out) => void out.fill(0.5),
    close: async () => {
      onClose();
    },
  };
}

const brokenUpload = (api: TestApi) =>
  new Promise<void>((resolve) => {
    api.datasets.onBroken = resolve;
  });
const startedUpload = (api: TestApi) =>
  new Promise<void>((resolve) => {
    api.datasets.onStarted = resolve;
  });

const head = (path: string, ...headers: string[]) =>
  `${[`POST ${path} HTTP/1.1`, 'host: localhost', ...headers].join('\r\n')}\r\n\r\n`;

describe('over a socket', () => {
  it('takes a large upload of a known length', async () => {
    const { api } = await listening();
    const bytes = Buffer.alloc(8 * 2 ** 20, 7);
    const upload = request(api.app.server).post('/datasets?name=large').type('application/octet-stream');
    const response = await upload.send(bytes).expect(201);
    expect(response.headers['location']).toMatch(/^\/datasets\/ds_/);
    expect(api.datasets.uploads[0]?.bytes.equals(bytes)).toBe(true);
  });

  it('stops a download when the client hangs up', async () => {
    const { api, url } = await listening();
    const closed = new Promise<void>((resolve) => {
      api.datasets.openRows = async () => endlessRows('mnist', resolve);
    });
    const client = new AbortController();
    const response = await fetch(`${url}/datasets/mnist/download`, { signal: client.signal });
    await response.body?.getReader().read();
    client.abort();
    await closed;
  });

  it('takes a large upload in pieces, its length unknown and its type too', async () => {
    const { api, url } = await listening();
    const piece = Buffer.alloc(2 ** 16, 7);
    const body = ReadableStream.from(new Array<Buffer>(100).fill(piece));
    const response = await fetch(`${url}/datasets`, { method: 'POST', body, duplex: 'half' });
    expect(response.status).toBe(201);
    expect(api.datasets.uploads[0]?.bytes.length).toBe(100 * 2 ** 16);
  });

  it('trains, looks and cancels', async () => {
    const { api } = await listening();
    const created = await request(api.app.server).post('/jobs').send({ dataset_id: 'mnist' }).expect(202);
    const location = String(created.headers['location']);
    await request(api.app.server).get(location).expect(200);
    const cancelled = await request(api.app.server).post(`${location}/cancel`).expect(202);
    expect(cancelled.body).toMatchObject({ state: 'cancelled' });
  });

  it('encodes a thousand images', async () => {
    const { api } = await listening();
    const model = await addModel(api, { data_size: 784, row_shape: [28, 28] });
    const data = Array.from({ length: 1000 }, (_, row) => new Array<number>(784).fill(row / 1000));
    const response = await request(api.app.server).post('/encode').send({ model_id: model.id, data });
    expect([response.status, (response.body as { mean: unknown[] }).mean.length]).toEqual([200, 1000]);
  });

  it.each([
    ['of a known length', 'content-length: 100000'],
    ['in chunks', 'transfer-encoding: chunked'],
  ])('keeps nothing of an upload %s whose client hangs up', async (_name, framing) => {
    const { api, open } = await listening();
    const [started, broken] = [startedUpload(api), brokenUpload(api)];
    const socket = await open();
    socket.write(head('/datasets', framing));
    socket.write('5\r\nhello\r\n');
    await started;
    socket.destroy();
    await broken;
    expect(api.datasets.uploads).toEqual([]);
    expect(api.datasets.broken).toEqual([expect.objectContaining({ code: 'body_incomplete' })]);
    await request(api.app.server).get('/healthz').expect(200);
  });

  it('stops an upload without a length once it is too large', async () => {
    const { api, open } = await listening({ maxUploadBytes: 1024 });
    const broken = brokenUpload(api);
    const socket = await open();
    const answer = answerOf(socket);
    socket.write(head('/datasets', 'transfer-encoding: chunked', 'connection: close'));
    socket.write(`800\r\n${'x'.repeat(2048)}\r\n`);
    await broken;
    socket.write('0\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 413 .*"code":"too_large"/s);
    expect(api.datasets.uploads).toEqual([]);
  });

  it('refuses an upload of a too large length before it is sent', async () => {
    const { api, open } = await listening({ maxUploadBytes: 1024 });
    const socket = await open();
    const answer = once(socket, 'data');
    socket.write(head('/datasets', 'content-length: 1025'));
    expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 413 /);
    expect(api.datasets.broken).toEqual([]);
  });

  it('gives up on an upload that stands still', async () => {
    const { api, open } = await listening({ uploadIdleTimeoutMs: 50 });
    const socket = await open();
    const answer = answerOf(socket);
    socket.write(head('/datasets', 'content-length: 100'));
    socket.write('some');
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*connection: close.*"code":"request_timeout"/is);
    expect(api.datasets.uploads).toEqual([]);
  });

  it('gives up on a JSON body that drips', async () => {
    const { open } = await listening({ bodyTimeoutMs: 100 });
    const socket = await open();
    const answer = answerOf(socket);
    socket.write(head('/jobs', 'content-type: application/json', 'content-length: 100000'));
    const drip = setInterval(() => socket.write(' '), 10);
    onTestFinished(() => {
      clearInterval(drip);
    });
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
  });

  it('gives up on a body of DELETE that drips', async () => {
    const { open } = await listening({ bodyTimeoutMs: 100 });
    const socket = await open();
    const answer = answerOf(socket);
    const headers = ['content-type: application/json', 'content-length: 100000'];
    socket.write(head('/models/model_x', ...headers).replace('POST', 'DELETE'));
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
  });

  it('reads a body after 100 Continue, and answers HTTP/1.0 without a host', async () => {
    const { open } = await listening();
    const [modern, old] = [await open(), await open()];
    const answers = [answerOf(modern), answerOf(old)];
    const headers = ['expect: 100-continue', 'content-type: application/json', 'content-length: 2'];
    modern.write(`${head('/jobs', ...headers, 'connection: close')}{}`);
    old.write('GET /healthz HTTP/1.0\r\n\r\n');
    expect(await answers[0]).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 422 /);
    expect(await answers[1]).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('closes a connection on which nothing more is asked', async () => {
    const { open } = await listening({ keepAliveTimeoutMs: 50 });
    const socket = await open();
    const answer = answerOf(socket);
    socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('takes no more connections than it may', async () => {
    const { open } = await listening({ maxConnections: 1 });
    const first = await open();
    const second = await open();
    expect(await answerOf(second)).toBe('');
    const answer = answerOf(first);
    first.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('gives up on a request that drips for too long', async () => {
    const { api, open } = await listening({ requestTimeoutMs: 100, headersTimeoutMs: 50 });
    const broken = brokenUpload(api);
    const socket = await open();
    const answer = answerOf(socket);
    socket.write(head('/datasets', 'content-length: 100000'));
    const drip = setInterval(() => socket.write('x'), 10);
    onTestFinished(() => {
      clearInterval(drip);
    });
    await broken;
    clearInterval(drip);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(api.datasets.uploads).toEqual([]);
  });

  it('gives up on headers that never end', async () => {
    const { open } = await listening({ headersTimeoutMs: 50 });
    const socket = await open();
    const answer = answerOf(socket);
    socket.write('GET /healthz HTTP/1.1\r\nhost: loc');
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*application\/problem\+json.*"code":"request_timeout"/s);
  });

  it.each([
    ['no HTTP', 'what is this\r\n\r\n', 400, 'malformed_request'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['a method that does not exist', 'BREW / HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'malformed_request'],
    ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'malformed_request'],
    [
      'an expectation it does not know',
      head('/jobs', 'expect: cake', 'content-length: 0', 'connection: close'),
      417,
      'expectation_failed',
    ],
    ['two lengths', head('/jobs', 'content-length: 1', 'content-length: 2'), 400, 'malformed_request'],
  ])('answers %s as a problem', async (_name, bytes, status, code) => {
    const { open } = await listening();
    const socket = await open();
    const answer = answerOf(socket);
    socket.write(bytes);
    const text = await answer;
    expect(text).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} .*application/problem\\+json.*"code":"${code}"`, 's'),
    );
    expect(text).toMatch(/x-request-id: (req_[0-9a-z]{26})\r\n.*"request_id":"\1"/s);
  });

  it('answers what is refused before its body came, and goes on with the same connection', async () => {
    const { api, open } = await listening();
    const socket = await open();
    const answer = answerOf(socket);
    socket.write(head('/datasets?format=zip', 'content-length: 200000'));
    socket.write('x'.repeat(200_000));
    socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 422 .*HTTP\/1\.1 200 .*"status":"ok"/s);
    expect(api.datasets.uploads).toEqual([]);
  });
});
