import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';

const ROW = [0, 0.25, 0.5, 1];
const data = [ROW];
const many = Array.from({ length: 200 }, () => ROW);

const sendZipped = (api: TestApi, payload: Buffer, headers: object = {}, url = '/encode') =>
  api.call({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', ...headers },
  });

describe('compressed requests', () => {
  it.each(['gzip', 'x-gzip', 'GZIP'])('are read with content-encoding %s', async (encoding) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const body = gzipSync(JSON.stringify({ model_id: id, data }));
    const response = await sendZipped(api, body, { 'content-encoding': encoding });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ mean: [[0.5, 0.5]] });
  });

  it('are read if they are NPY files', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const file = gzipSync(encodeNpy([1, 4], Float32Array.of(0, 0, 1, 1)));
    const type = { 'content-type': 'application/x-npy' };
    expect((await sendZipped(api, file, type, `/encode?model_id=${id}`)).statusCode).toBe(200);
  });

  it('are refused if they unpack to more than a body may have', async () => {
    const api = await buildTestApi({ maxBodyBytes: 100_000 });
    for (const type of ['application/json', 'application/x-npy']) {
      const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
      expect(bomb.length).toBeLessThan(100_000);
      const response = await sendZipped(api, bomb, { 'content-type': type });
      expect(response.statusCode).toBe(413);
      expect(problemOf(response).detail).toBe('The body is larger than the limit of 100000 bytes.');
    }
  });

  it('are refused if their content nests too deeply', async () => {
    const api = await buildTestApi();
    const response = await sendZipped(api, gzipSync('['.repeat(100)));
    expect(problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
  });

  const whole = gzipSync(JSON.stringify({ data }));
  it.each([
    ['are truncated', whole.subarray(0, -12), 'unexpected end of file'],
    ['are no gzip', Buffer.from('{"data": 1}'), 'incorrect header check'],
  ])('are refused if they %s', async (_name, body, reason) => {
    const api = await buildTestApi();
    const response = await sendZipped(api, body);
    expect(response.statusCode).toBe(400);
    expect(problemOf(response)).toMatchObject({ code: 'malformed_gzip' });
    expect(problemOf(response).detail).toContain(reason);
  });

  it('are refused in other encodings', async () => {
    const api = await buildTestApi();
    const response = await sendZipped(api, whole, { 'content-encoding': 'br' });
    expect(response.statusCode).toBe(415);
    expect(response.headers['accept-encoding']).toBe('gzip');
    expect(problemOf(response)).toMatchObject({ code: 'unsupported_encoding' });
  });
});

describe('compressed answers', () => {
  const encode = async (api: TestApi, headers: Record<string, string>, rows = many) => {
    const { id } = await addModel(api);
    return api.app.inject({ method: 'POST', url: '/encode', payload: { model_id: id, data: rows }, headers });
  };

  it.each(['gzip', 'deflate, gzip;q=0.5', '*'])('are sent to clients that accept %s', async (accepted) => {
    const api = await buildTestApi();
    const response = await encode(api, { 'accept-encoding': accepted });
    expect(response.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(response.rawPayload.length),
      vary: 'accept, accept-encoding',
    });
    expect(JSON.parse(gunzipSync(response.rawPayload).toString())).toMatchObject({ step: 7 });
  });

  it.each([
    ['the client does not accept gzip', { 'accept-encoding': 'gzip;q=0, br' }, many],
    ['the client says nothing', {}, many],
    ['the answer is small', { 'accept-encoding': 'gzip' }, data],
    ['it is an array of float32', { 'accept-encoding': 'gzip', accept: 'application/x-npy' }, many],
  ])('are not sent if %s', async (_why, headers, rows) => {
    const api = await buildTestApi();
    const response = await encode(api, headers, rows);
    expect(response.statusCode).toBe(200);
    expect(response.headers).not.toHaveProperty('content-encoding');
  });

  it('have the length that HEAD answers', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const url = `/samples?model_id=${id}&count=200`;
    const headers = { 'accept-encoding': 'gzip' };
    const answer = await api.app.inject({ url, headers });
    const head = await api.app.inject({ method: 'HEAD', url, headers });
    expect(head.headers['content-length']).toBe(String(answer.rawPayload.length));
  });
});

describe('answers that follow from the checkpoint and the request', () => {
  it('have an ETag, whether they are compressed or not, and a GET that has it is answered 304', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const url = `/samples?model_id=${id}&count=200&seed=3`;
    const answer = await api.call({ url });
    const hash = createHash('sha256').update(answer.rawPayload).digest('base64url');
    const etag = String(answer.headers['etag']);
    expect(etag).toBe(`W/"${hash}"`);
    const zipped = await api.app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers['etag']).toBe(etag);
    for (const known of [etag, `"other", ${etag.slice(2)}`, '*']) {
      const same = await api.call({ url, headers: { 'if-none-match': known, 'accept-encoding': 'gzip' } });
      expect(same.statusCode).toBe(304);
      expect(same.body).toBe('');
      expect(same.headers['etag']).toBe(etag);
    }
    expect((await api.call({ url, headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200);
  });

  it('have the header only, if they answer POST', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const request = { method: 'POST' as const, url: '/encode', payload: { model_id: id, data } };
    const etag = String((await api.call(request)).headers['etag']);
    expect(etag).toMatch(/^W\/"/);
    const again = await api.call({ ...request, headers: { 'if-none-match': etag } });
    expect(again.statusCode).toBe(200);
    expect((await api.call({ url: '/jobs' })).headers).not.toHaveProperty('etag');
  });
});
