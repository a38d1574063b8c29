import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { negotiate } from '../../src/api/http/negotiation.ts';
import { HttpError } from '../../src/api/http/http-error.ts';
import { createId } from '../../src/ids.ts';
import { addModel, buildTestApi, problemOf } from '../support/api.ts';

describe('GET /samples', () => {
  it('answers latents and data as JSON', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({ url: `/samples?model_id=${id}&count=3&seed=5&checkpoint=best` });
    expect(response.json()).toMatchObject({ model_id: id, step: 7, seed: 5 });
    const body = response.json<{ latents: number[][]; data: number[][] }>();
    expect([body.latents.length, body.data.length, body.data[0]?.length]).toEqual([3, 3, 4]);
    expect(api.producer.inferences[0]).toMatchObject({
      operation: 'sample',
      input: { samples: 3, seed: 5, drawData: false },
      checkpoint: 'best',
    });
    expect(response.headers['server-timing']).toMatch(/^total;dur=/);
  });

  it('reads the step of a checkpoint from the query as a number', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    await api.call({ url: `/samples?model_id=${id}&checkpoint=120` });
    expect(api.producer.inferences[0]?.checkpoint).toBe(120);
  });

  it.each([
    ['&format=png', undefined],
    ['', 'image/png'],
    ['', 'image/avif,image/*,*/*;q=0.8'],
    ['&format=png', 'application/json'],
  ])('answers a PNG grid for %s with Accept %s', async (query, accept) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const headers = accept === undefined ? {} : { accept };
    const response = await api.call({ url: `/samples?model_id=${id}&count=5${query}`, headers });
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'image/png']);
    const png = decode(response.rawPayload);
    // 5 images of 2x2 on a grid of 3 columns and 2 rows, one pixel between.
    expect([png.width, png.height, png.channels, png.depth]).toEqual([8, 5, 1, 8]);
  });

  it.each([
    ['', 'text/html', /not available as text\/html; available: application\/json, image\/png/],
    ['', 'image/png;q=0', /; available: /],
  ])('answers 406 to %s with Accept %s', async (query, accept, detail) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({ url: `/samples?model_id=${id}${query}`, headers: { accept } });
    expect(problemOf(response)).toMatchObject({ status: 406, code: 'not_acceptable' });
    expect(problemOf(response).detail).toMatch(detail);
  });

  it('answers 406 to PNG of rows that are not images, and says why', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api, { row_shape: [4] });
    const response = await api.call({ url: `/samples?model_id=${id}&format=png` });
    expect(problemOf(response)).toMatchObject({ status: 406, code: 'not_acceptable' });
    expect(problemOf(response).detail).toMatch(/Rows of shape \[4\] are not images/);
    expect(api.producer.inferences).toEqual([]);
  });

  it.each([
    ['', 'model_id', /required/],
    ['model_id=ID&count=0', 'count', />= 1/],
    ['model_id=ID&count=1.5', 'count', /integer/],
    ['model_id=ID&count=100000', 'count', /<= 10000/],
    ['model_id=ID&seed=-1', 'seed', />= 0/],
    ['model_id=ID&format=gif', 'format', /"json", "png", "npy", "csv"; found "gif"/],
    ['model_id=ID&checkpoint=last', 'checkpoint', /"latest", "best"/],
    ['model_id=ID&n=4', 'n', /unknown field; allowed: model_id, checkpoint, count, seed, draw, format/],
  ])('refuses ?%s', async (query, pointer, detail) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const problem = problemOf(await api.call({ url: `/samples?${query.replace('ID', id)}` }));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
    expect(problem.errors[0]?.detail).toMatch(detail);
  });

  it('refuses more values than allowed, and models that are not there', async () => {
    const api = await buildTestApi({ maxInferenceValues: 60 });
    const { id } = await addModel(api);
    expect((await api.call({ url: `/samples?model_id=${id}&count=10` })).statusCode).toBe(200);
    const large = await api.call({ url: `/samples?model_id=${id}&count=11` });
    expect(problemOf(large)).toMatchObject({ status: 413, code: 'too_large' });
    const lost = await api.call({ url: `/samples?model_id=${createId('model')}` });
    expect(problemOf(lost)).toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

describe('negotiate', () => {
  const offers = ['application/json', 'image/png'] as const;
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'image/png'],
    ['IMAGE/PNG', 'image/png'],
    ['image/*;q=0.5, application/json;q=0.4', 'image/png'],
    ['application/json;q=0.9, image/png;q=0.9', 'application/json'],
    ['text/html, */*;q=0.1', 'application/json'],
    ['application/json;q=0, */*', 'image/png'],
    ['application/json; charset=utf-8', 'application/json'],
  ])('%s wants %s', (accept, type) => {
    expect(negotiate(accept, offers)).toBe(type);
  });

  it.each(['text/html', '', 'image/png;q=0, application/json;q=0'])('nothing is right for "%s"', (accept) => {
    expect(() => negotiate(accept, offers)).toThrow(HttpError);
  });
});
