import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { Outputs } from '../../src/queue/operations.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';
import { ORDERS } from '../support/table-columns.ts';

const COLUMNS = [
  { name: 'price', likelihood: { family: 'gaussian' }, missing: true },
  { name: 'ordered_at', likelihood: { family: 'gaussian' }, missing: true },
  { name: 'ordered_at (weekday)', likelihood: { family: 'categorical', categories: 7 }, missing: true },
  {
    name: 'city',
    likelihood: { family: 'categorical', categories: 2 },
    labels: ['Oslo', 'Bergen'],
    missing: true,
  },
];
const NAN = NaN;

/** Of one row without price, date and city. 18,262 days after 1970 is 2020-01-01, a Wednesday. */
function imputed(draws: number): Outputs['impute'] {
  const features = (...values: number[]) => ({ shape: [1, 4] as const, data: Float32Array.from(values) });
  const ranks = (...values: number[]) => ({ shape: [1, 4, 3] as const, data: Float32Array.from(values) });
  return {
    effective_sample_size: { shape: [1], data: Float32Array.of(40) },
    low: features(-1, 5, NAN, NAN),
    median: features(0.25, 7, NAN, NAN),
    high: features(1, 9, NAN, NAN),
    codes: ranks(NAN, NAN, NAN, NAN, NAN, NAN, 2, 3, 1, 1, 0, NAN),
    code_probabilities: ranks(NAN, NAN, NAN, NAN, NAN, NAN, 0.5, 0.25, 0.125, 0.75, 0.25, NAN),
    ...(draws > 0 && {
      draws: {
        shape: [draws, 1, 4] as const,
        data: Float32Array.from(Array.from({ length: draws }, () => [0.125, 7, 2, 0]).flat()),
      },
    }),
  };
}

async function withTable() {
  const api = await buildTestApi();
  api.producer.answers.impute = ({ draws }) => imputed(draws);
  const spec = modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns: COLUMNS } });
  const model = await addModel(api, { row_shape: [4], data_size: 4, model: spec, table: ORDERS });
  return { api, model };
}
const post = (url: string, payload: object) => ({ method: 'POST' as const, url, payload });
const sent = (api: TestApi) => api.producer.inferences.at(-1)?.input;

describe('POST /impute', () => {
  it('answers whole rows in the units and words of the table, and what was expected', async () => {
    const { api, model } = await withTable();
    const response = await api.call(
      post('/impute', { model_id: model.id, data: [{ order_id: 'A-1' }], draws: 2 }),
    );
    expect(response.statusCode).toBe(200);
    expect(sent(api)).toMatchObject({ rounds: 1, draws: 2, seed: 0 });
    expect(response.json()).toMatchObject({
      method: 'importance_sampling',
      samples: 64,
      columns: ['price', 'ordered_at', 'city'],
      data: [[1000.25, '2020-01-08', 'Bergen']],
      cells: [
        [
          { column: 'price', expected: { median: 1000.25, low: 999, high: 1001 } },
          { column: 'ordered_at', expected: { median: '2020-01-08', low: '2020-01-06', high: '2020-01-10' } },
          {
            column: 'city',
            expected: { likeliest: [{ value: 'Bergen', probability: 0.75 }, { value: 'Oslo' }] },
          },
        ],
      ],
      draws: [[[1000.13, '2020-01-08', 'Oslo']], [[1000.13, '2020-01-08', 'Oslo']]],
      effective_sample_size: [40],
      ids: [{ order_id: 'A-1' }],
    });
  });

  it('answers what-if questions: given values replace those of the rows, hidden ones are missing', async () => {
    const { api, model } = await withTable();
    const data = [['A-1', 1002, '2020-01-01', 'Oslo']];
    await api.call(
      post('/impute', { model_id: model.id, data, given: { city: 'Bergen' }, hidden: ['ordered_at'] }),
    );
    expect(sent(api)).toMatchObject({ rows: { shape: [1, 4], data: Float32Array.of(2, NAN, NAN, 1) } });
    await api.call(
      post('/impute', { model_id: model.id, data: [[1002, null, 'Oslo']], given: { price: 1003 } }),
    );
    expect(sent(api)).toMatchObject({ rows: { shape: [1, 4], data: Float32Array.of(3, NAN, NAN, 0) } });
  });

  it.each([
    [
      'a column that does not exist',
      { given: { colour: 'red' } },
      '/given',
      'found "colour"; allowed: the columns',
    ],
    ['a column that is not modelled', { hidden: ['order_id'] }, '/hidden', 'found "order_id"'],
    [
      'a column that is both',
      { given: { city: 'Oslo' }, hidden: ['city'] },
      '/given',
      'which is also hidden',
    ],
    [
      'a given value that cannot be understood',
      { given: { price: 'cheap', city: 'Oslo' } },
      '/given/price',
      'found "cheap"',
    ],
    ['a part of a run', { samples: 100 }, '/samples', 'multiple of 64'],
  ])('refuses %s', async (_, fields, pointer, detail) => {
    const { api, model } = await withTable();
    const response = await api.call(post('/impute', { model_id: model.id, data: [{}], ...fields }));
    expect(response.statusCode).toBe(422);
    const [problem] = problemOf(response).errors;
    expect(problem?.pointer).toBe(pointer);
    expect(problem?.detail).toContain(detail);
  });

  it('fills in images, as a picture of rows above what they become', async () => {
    const api = await buildTestApi();
    const likelihood = { family: 'bernoulli', missing: true };
    const model = await addModel(api, { row_shape: [2, 2], data_size: 4, model: modelSpec({ likelihood }) });
    const given = {
      model_id: model.id,
      data: [
        [
          [0, 1],
          [null, null],
        ],
      ],
    };
    const answer = await api.call(post('/impute', given));
    expect(answer.json()).toMatchObject({ data: [[0, 1, 0.5, 0.5]] });
    expect(answer.json()).not.toHaveProperty('cells');
    expect(sent(api)).toMatchObject({ rows: { data: Float32Array.of(0, 1, NAN, NAN) } });
    const picture = await api.call(post('/impute', { ...given, format: 'png' }));
    expect(picture.headers['content-type']).toBe('image/png');
    const { data } = decode(picture.rawPayload);
    expect([...data]).toContain(128);
  });

  it('refuses missing values where the model explains none', async () => {
    const api = await buildTestApi();
    const model = await addModel(api, { row_shape: [4], data_size: 4, model: modelSpec() });
    const response = await api.call(post('/impute', { model_id: model.id, data: [[0, 1, null, 0]] }));
    expect(response.statusCode).toBe(422);
    expect(problemOf(response).errors[0]?.pointer).toBe('/data/0/2');
  });
});

describe('samples of a table', () => {
  const CSV = 'price,ordered_at,city\n1000.13,2020-01-08,Oslo\n1000.13,2020-01-08,Oslo\n';

  it.each([
    [{ format: 'csv' }, undefined],
    [{ format: 'csv' }, 'application/json'],
    [{}, 'text/csv'],
  ])('with given values are CSV if asked for: %j with Accept %s', async (fields, accept) => {
    const { api, model } = await withTable();
    const request = post('/samples', { model_id: model.id, given: {}, count: 2, ...fields });
    const response = await api.call({ ...request, ...(accept && { headers: { accept } }) });
    expect([response.headers['content-type'], response.body]).toEqual(['text/csv; charset=utf-8', CSV]);
  });

  it('from the prior are CSV if asked for', async () => {
    const { api, model } = await withTable();
    const data = { shape: [2, 4] as const, data: Float32Array.of(0.125, 7, 2, 0, 0.125, 7, 2, 0) };
    const latents = { shape: [2, 2] as const, data: new Float32Array(4) };
    api.producer.answers.sample = () => ({ latents, mean: data });
    const url = `/samples?model_id=${model.id}&count=2`;
    const response = await api.call({ url, headers: { accept: 'text/csv' } });
    expect(response.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', vary: 'accept' });
    expect(response.body).toBe(CSV);
    expect((await api.call({ url: `${url}&format=csv` })).body).toBe(CSV);
  });

  it('are neither pictures nor anything else', async () => {
    const { api, model } = await withTable();
    const request = post('/samples', { model_id: model.id, given: {} });
    const problem = problemOf(await api.call({ ...request, headers: { accept: 'image/png' } }));
    expect(problem).toMatchObject({ status: 406 });
    expect(problem.detail).toContain('available: application/json, text/csv');
    expect(api.producer.inferences).toEqual([]);
  });
});

describe('POST /samples', () => {
  it('draws rows that have the given values', async () => {
    const { api, model } = await withTable();
    const response = await api.call(
      post('/samples', { model_id: model.id, given: { city: 'Oslo' }, count: 3, seed: 4 }),
    );
    expect(response.statusCode).toBe(200);
    expect(sent(api)).toMatchObject({
      rows: { shape: [1, 4], data: Float32Array.of(NAN, NAN, NAN, 0) },
      rounds: 16,
      draws: 3,
      seed: 4,
    });
    const row = [1000.13, '2020-01-08', 'Oslo'];
    expect(response.json()).toMatchObject({ data: [row, row, row], effective_sample_size: 40 });
  });

  it('says which value it does not understand', async () => {
    const { api, model } = await withTable();
    const response = await api.call(post('/samples', { model_id: model.id, given: { price: 'cheap' } }));
    expect(response.statusCode).toBe(422);
    expect(problemOf(response).errors[0]).toMatchObject({
      pointer: '/given/price',
      detail: expect.stringContaining('found "cheap"') as string,
    });
  });

  it('refuses models whose rows are no table', async () => {
    const api = await buildTestApi();
    const model = await addModel(api, { row_shape: [4], data_size: 4, model: modelSpec() });
    const response = await api.call(post('/samples', { model_id: model.id, given: {} }));
    expect(response.statusCode).toBe(422);
    expect(problemOf(response).errors[0]).toMatchObject({
      pointer: '/model_id',
      detail: expect.stringContaining('no table') as string,
    });
  });
});
