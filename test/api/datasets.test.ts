import { describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import { buildTestApi, problemOf } from '../support/api.ts';

const upload = (query: string, payload: string | Buffer | undefined, type?: string) => ({
  method: 'POST' as const,
  url: `/datasets${query}`,
  ...(payload === undefined ? {} : { payload }),
  headers: type === undefined ? {} : { 'content-type': type },
});

describe('POST /datasets', () => {
  it.each([
    'application/octet-stream',
    'application/gzip',
    'text/csv',
    'text/csv; charset=utf-8',
    'application/json',
    'application/x-ndjson',
    'application/x-npy',
    undefined,
  ])('takes a file of type %s', async (type) => {
    const api = await buildTestApi();
    const bytes = Buffer.from([1, 2, 3, 0, 255]);
    const response = await api.call(upload('?name=mine&format=npy&scale=0.5&test_rows=2', bytes, type));
    expect(response.statusCode).toBe(201);
    const { id } = response.json<{ id: string }>();
    expect(response.headers['location']).toBe(`/datasets/${id}`);
    expect(api.datasets.uploads).toEqual([
      { upload: { name: 'mine', format: 'npy', scale: 0.5, testRows: 2 }, bytes },
    ]);
    expect((await api.call({ url: `/datasets/${id}` })).json()).toEqual(response.json());
  });

  it('leaves to the store what is not asked for', async () => {
    const api = await buildTestApi();
    await api.call(upload('', 'a,b', 'text/csv'));
    expect(api.datasets.uploads[0]?.upload).toEqual({ name: 'unnamed' });
  });

  it.each([
    ['?format=zip', 'format', /"csv", "json_lines", "json", "parquet"; found "zip"/],
    ['?scale=0', 'scale', /> 0/],
    ['?scale=big', 'scale', /number; found "big"/],
    ['?test_rows=-1', 'test_rows', />= 0/],
    ['?test_rows=1.5', 'test_rows', /integer/],
    ['?name=', 'name', /1 character/],
    ['?testRows=1', 'testRows', /unknown field; allowed: name, format, scale, test_rows/],
  ])('refuses %s', async (query, pointer, detail) => {
    const api = await buildTestApi();
    const problem = problemOf(await api.call(upload(query, 'a,b', 'text/csv')));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
    expect(problem.errors[0]?.detail).toMatch(detail);
    expect(api.datasets.uploads).toEqual([]);
  });

  it.each(['text/plain', 'image/png', 'nonsense'])('refuses a body of type %s', async (type) => {
    const api = await buildTestApi();
    const response = await api.call(upload('', '{}', type));
    expect(problemOf(response)).toMatchObject({ status: 415, code: 'unsupported_media' });
  });

  it.each([undefined, 'text/csv'])('refuses no body at all (%s)', async (type) => {
    const api = await buildTestApi();
    const response = await api.call(upload('', undefined, type));
    expect(problemOf(response)).toMatchObject({ status: 422, code: 'data_invalid' });
  });

  it('refuses more bytes than allowed', async () => {
    const api = await buildTestApi({ maxUploadBytes: 1024 });
    expect((await api.call(upload('', Buffer.alloc(1024)))).statusCode).toBe(201);
    const response = await api.call(upload('', Buffer.alloc(1025)));
    expect(problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
    expect(problemOf(response).detail).toBe('The upload is larger than the limit of 1024 bytes.');
    expect(api.datasets.uploads).toHaveLength(1);
  });

  it('may be larger than a JSON body', async () => {
    const api = await buildTestApi({ maxBodyBytes: 1024 });
    expect((await api.call(upload('', Buffer.alloc(5000)))).statusCode).toBe(201);
  });
});

describe('GET /datasets', () => {
  it('lists by page', async () => {
    const api = await buildTestApi();
    await api.call(upload('', 'a,b'));
    const first = (await api.call({ url: '/datasets?limit=1' })).json<{
      data: { id: string }[];
      has_more: boolean;
    }>();
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([['mnist'], true]);
    const rest = (await api.call({ url: '/datasets?after=mnist' })).json<typeof first>();
    expect([rest.data.length, rest.has_more]).toEqual([1, false]);
  });

  it.each(['limit=0', 'after=a%20b', 'format=csv'])('refuses ?%s', async (query) => {
    const api = await buildTestApi();
    const problem = problemOf(await api.call({ url: `/datasets?${query}` }));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, query.split('=')[0]]);
  });

  it('answers 404 for one that is not there', async () => {
    const api = await buildTestApi();
    const lost = await api.call({ url: `/datasets/${createId('ds')}` });
    expect(problemOf(lost)).toMatchObject({ status: 404, code: 'dataset_not_found' });
    const malformed = await api.call({ url: '/datasets/..%2f..%2fetc' });
    expect(problemOf(malformed)).toMatchObject({ status: 404, code: 'id_invalid' });
  });
});
