import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { toProblem, findStatus } from '../../src/api/http/problem-answer.ts';
import { AppError, ERROR_KINDS } from '../../src/errors.ts';
import { addModel, buildTestApi, problemOf } from '../support/api.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('errors', () => {
  it('have a status for every kind', () => {
    const statuses = Object.fromEntries(ERROR_KINDS.map((kind) => [kind, findStatus(kind)]));
    expect(statuses).toMatchInlineSnapshot(`
      {
        "conflict": 409,
        "damaged": 500,
        "diverged": 500,
        "full": 507,
        "internal": 500,
        "invalid": 422,
        "not_found": 404,
        "overloaded": 429,
        "timeout": 504,
        "too_large": 413,
        "unavailable": 503,
        "unsupported_media": 415,
      }
    `);
  });

  it.each<[string, string | undefined, Record<string, string>, number, string]>([
    ['half a body', '{"dataset_id":', JSON_TYPE, 400, 'malformed_json'],
    ['no JSON', 'dataset', JSON_TYPE, 400, 'malformed_json'],
    ['a bare NaN', '{"dataset_id":NaN}', JSON_TYPE, 400, 'malformed_json'],
    ['an empty body', '', { ...JSON_TYPE, 'content-length': '0' }, 400, 'empty_body'],
    ['a prototype in disguise', '{"__proto__":{"x":1}}', JSON_TYPE, 400, 'malformed_json'],
    ['no body', undefined, {}, 422, 'validation_failed'],
    ['an array', '[]', JSON_TYPE, 422, 'validation_failed'],
    ['null', 'null', JSON_TYPE, 422, 'validation_failed'],
    ['text', 'dataset_id=mnist', { 'content-type': 'text/plain' }, 415, 'unsupported_media'],
    [
      'a form',
      'dataset_id=mnist',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media',
    ],
    ['a broken type', '{}', { 'content-type': '///' }, 415, 'unsupported_media'],
    ['no type', '{}', {}, 415, 'unsupported_media'],
    ['a length that is wrong', '{}', { ...JSON_TYPE, 'content-length': '5' }, 400, 'body_incomplete'],
    ['a length over the limit', '{}', { ...JSON_TYPE, 'content-length': '9999' }, 413, 'too_large'],
    ['a body over the limit', JSON.stringify({ name: 'x'.repeat(2000) }), JSON_TYPE, 413, 'too_large'],
  ])('%s is answered as a problem', async (_name, payload, headers, status, code) => {
    const api = await buildTestApi({ maxBodyBytes: 1024 });
    const body = payload === undefined ? {} : { payload };
    const response = await api.call({ method: 'POST', url: '/jobs', headers, ...body });
    expect(problemOf(response)).toMatchObject({ status, code });
  });

  it.each([
    [
      '/datasets',
      '///',
      /application\/octet-stream, application\/gzip, text\/csv, .*multipart\/form-data, or none/,
    ],
    ['/datasets', 'image/png', /application\/octet-stream.*or none/],
    ['/jobs', 'text/csv', /allowed: application\/json\./],
  ])('say which media types %s reads instead of %s', async (url, type, detail) => {
    const api = await buildTestApi();
    const request = { method: 'POST', url, headers: { 'content-type': type }, payload: '1,2' } as const;
    expect(problemOf(await api.call(request)).detail).toMatch(detail);
  });

  it('are documented for a body that DELETE does not need', async () => {
    const api = await buildTestApi({ maxBodyBytes: 1024 });
    const { id } = await addModel(api);
    for (const [type, payload, status] of [
      ['text/plain', 'x', 415],
      ['application/json', '{', 400],
      ['application/json', JSON.stringify('x'.repeat(2000)), 413],
    ] as const) {
      const headers = { 'content-type': type };
      const response = await api.call({ method: 'DELETE', url: `/models/${id}`, headers, payload });
      expect(problemOf(response).status).toBe(status);
    }
  });

  it.each([
    ['{"dataset_id":NaN}', /Unexpected token 'N'/],
    ['{"dataset_id": "mnist",, }', /position 23/],
    ['{"__proto__":{"x":1}}', /it sets a prototype/],
  ])('say what is wrong with the JSON %s', async (payload, detail) => {
    const api = await buildTestApi();
    const response = await api.call({ method: 'POST', url: '/jobs', headers: JSON_TYPE, payload });
    expect(problemOf(response).detail).toMatch(detail);
  });

  it.each([
    ['GET', '/nothing', 404, 'route_not_found', undefined],
    ['POST', '/nothing/at/all?x=1', 404, 'route_not_found', undefined],
    ['GET', '/jobs/', 404, 'id_invalid', undefined],
    ['GET', `/jobs/${'x'.repeat(200)}`, 404, 'route_not_found', undefined],
    ['GET', '/docs/static/nothing.js', 404, 'route_not_found', undefined],
    ['DELETE', '/jobs', 405, 'method_not_allowed', 'POST, GET, HEAD'],
    ['PUT', '/models/model_x', 405, 'method_not_allowed', 'GET, HEAD, DELETE'],
    ['GET', '/encode', 405, 'method_not_allowed', 'POST'],
    ['POST', '/models/model_x/metrics', 405, 'method_not_allowed', 'GET, HEAD'],
    ['GET', '/jobs/%ff', 400, 'malformed_path', undefined],
    ['DELETE', '/models/%ff', 400, 'malformed_path', undefined],
  ] as const)('%s %s is answered %d', async (method, url, status, code, allow) => {
    const api = await buildTestApi();
    const response = await api.call({ method, url });
    expect(problemOf(response)).toMatchObject({ status, code });
    expect(response.headers['allow']).toBe(allow);
  });

  it('keep the message of an unknown error inside, and log it with the request id', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    const api = await buildTestApi({}, { logger });
    api.producer.failure = new Error('secret at /srv/aevb/queue.ts');
    const response = await api.call({ url: '/jobs' });
    const problem = problemOf(response);
    expect(problem).toMatchObject({ status: 500, code: 'internal', title: 'Internal Server Error' });
    expect(response.body).not.toContain('secret');
    const logged = lines.find((line) => line.includes('secret'));
    expect(logged).toContain(problem.request_id);
  });

  it('keep the message of internal kinds inside, but name them', () => {
    const error = AppError.of('worker_process_died', { pid: 1, how: '/usr/lib/x.so is missing' });
    const { status, body } = toProblem(error, { requestId: 'req_1' });
    expect([status, body.code]).toEqual([500, 'worker_process_died']);
    expect(JSON.stringify(body)).not.toContain('/usr/lib');
  });

  it('give every request an id of its own', async () => {
    const api = await buildTestApi();
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const headers = { 'x-request-id': 'mine' };
        return (await api.call({ url: '/healthz', headers })).headers['x-request-id'];
      }),
    );
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-z]{26}$/);
  });

  it('have no body for HEAD', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    expect((await api.app.inject({ method: 'HEAD', url: `/models/${id}` })).statusCode).toBe(200);
    const lost = await api.app.inject({ method: 'HEAD', url: '/models/nope' });
    expect([lost.statusCode, lost.body]).toEqual([404, '']);
  });
});
