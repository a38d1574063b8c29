import { describe, expect, it } from 'vitest';
import { profiler } from '../../src/model/dataset.ts';
import { AppError } from '../../src/errors.ts';
import type { Matrix, Vector } from '../../src/queue/arrays.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';
import { datasetRecord } from '../support/fake-stores.ts';

const NAMES = ['age', 'visits', 'city', 'member'];
const CITIES = ['Oslo', 'Bergen', 'a/b~c'];
const LABELS = [null, null, CITIES, ['no', 'yes']];
const ROWS = Array.from({ length: 40 }, (_, i) => [30.5 + i, i % 7, i % 3, i % 2]);

function tableOf(rows: readonly (readonly number[])[], fields = {}) {
  const made = profiler([4], 'float32', 1);
  made.add(Float32Array.from(rows.flat()));
  const profile = made.result(1, { names: NAMES, labels: LABELS });
  const shape = { rows: rows.length, row_shape: [4], data_size: 4, scale: 1 };
  return datasetRecord({ format: 'csv', dtype: 'float32', ...shape, header: true, profile, ...fields });
}
const TABLE = tableOf([...ROWS, [NaN, 1, 0, 1]]);
const COLUMNS = [
  { name: 'age', likelihood: { family: 'gaussian' }, missing: true },
  { name: 'visits', likelihood: { family: 'poisson' } },
  { name: 'city', likelihood: { family: 'categorical', categories: 3 } },
  { name: 'member', likelihood: { family: 'bernoulli' } },
];
const LABELLED = COLUMNS.map((column, i) => ({ ...column, ...(LABELS[i] && { labels: LABELS[i] }) }));

async function withTable(dataset = TABLE): Promise<TestApi> {
  const api = await buildTestApi();
  api.datasets.records.push(dataset);
  return api;
}
const order = (likelihood?: object, dataset = TABLE, training = {}) => ({
  method: 'POST' as const,
  url: '/jobs',
  payload: { dataset_id: dataset.id, model: likelihood === undefined ? {} : { likelihood }, training },
});

describe('GET /datasets/:id of a table', () => {
  it('shows what its columns look like, and the likelihood that suits them', async () => {
    const api = await withTable();
    const answer = (await api.call({ url: `/datasets/${TABLE.id}` })).json<Record<string, unknown>>();
    expect(answer).toMatchObject({
      header: true,
      profile: { per_column: true, columns: [{ name: 'age', missing: 1 / 41 }, {}, { labels: CITIES }, {}] },
      proposal: { likelihood: { family: 'mixed' }, binarization: 'none' },
      warnings: [expect.stringContaining('Column age has missing values')],
    });
    const list = (await api.call({ url: '/datasets?after=mnist' })).json<{ data: object[] }>();
    expect(list.data[0]).not.toHaveProperty('profile');
  });

  it('shows neither profile nor proposal of a data set stored without', async () => {
    const api = await buildTestApi();
    expect((await api.call({ url: '/datasets/mnist' })).json()).toMatchObject({
      profile: null,
      proposal: null,
      warnings: [],
    });
  });

  it.each([
    ['', {}],
    ['?header=auto', {}],
    ['?header=true', { header: true }],
    ['?header=false', { header: false }],
  ])('POST /datasets%s tells the store of the header: %j', async (query, header) => {
    const api = await buildTestApi();
    await api.call({
      method: 'POST',
      url: `/datasets${query}`,
      payload: 'a,b',
      headers: { 'content-type': 'text/csv' },
    });
    expect(api.datasets.uploads[0]?.upload).toEqual({ name: 'unnamed', ...header });
  });
});

describe('POST /jobs on a table', () => {
  it('takes the likelihood that suits it, with its words, where none is named', async () => {
    const api = await withTable();
    const response = await api.call(order());
    expect(response.statusCode).toBe(202);
    const job = response.json<{ id: string; warnings: string[] }>();
    expect(job.warnings).toEqual([expect.stringContaining('Column age has missing values')]);
    expect((await api.call({ url: `/jobs/${job.id}` })).json()).toMatchObject({ warnings: job.warnings });
    const { likelihood } = api.models.records[0]?.model as { likelihood: { columns: object[] } };
    expect(likelihood).toMatchObject({ family: 'mixed' });
    expect(likelihood.columns[2]).toMatchObject({ name: 'city', labels: CITIES });
  });

  it('hides values in training, so that any column may be missing, unless the order says otherwise', async () => {
    const api = await withTable();
    await api.call(order());
    await api.call(order(undefined, TABLE, { masking: { name: 'none' } }));
    const missing = api.models.records.map(({ model: { likelihood }, training }) => [
      training.masking?.name,
      ...('columns' in likelihood ? likelihood.columns.map((column) => column.missing) : []),
    ]);
    expect(missing).toEqual([
      ['random', true, true, true, true],
      ['none', true, false, false, false],
    ]);
  });

  it('adds the words of the data set to the likelihood named', async () => {
    const api = await withTable();
    expect((await api.call(order({ family: 'mixed', columns: COLUMNS }))).statusCode).toBe(202);
    const record = api.models.records[0]?.model as { likelihood: { columns: { labels?: string[] }[] } };
    expect(record.likelihood.columns.map(({ labels }) => labels ?? null)).toEqual(LABELS);
  });

  it('takes a Bernoulli where values are to become zeros and ones', async () => {
    const images = tableOf(
      ROWS.map((row) => row.map((value) => (value % 10) / 10)),
      {
        header: false,
        profile: null,
        minimum: 0,
        maximum: 1,
      },
    );
    const api = await withTable(images);
    await api.call(order(undefined, images, { binarization: 'dynamic' }));
    expect(api.models.records[0]?.model).toMatchObject({ likelihood: { family: 'bernoulli' } });
  });

  it.each<[string, object, string, RegExp]>([
    [
      'one likelihood for words',
      { family: 'gaussian' },
      '/model/likelihood',
      /missing values|words in column city/,
    ],
    [
      'missing values where none may be',
      { family: 'mixed', columns: COLUMNS.map((column) => ({ ...column, missing: false })) },
      '/model/likelihood/columns/0/missing',
      /found missing values in column age \(2.4 % of the rows\); allowed: missing: true/,
    ],
    [
      'another name',
      { family: 'mixed', columns: COLUMNS.map((column) => ({ ...column, name: `${column.name}s` })) },
      '/model/likelihood/columns/0/name',
      /found ages; allowed: age, as in the data set/,
    ],
    [
      'labels of numbers',
      { family: 'mixed', columns: [{ ...COLUMNS[0], labels: ['old'] }, ...COLUMNS.slice(1)] },
      '/model/likelihood/columns/0/labels',
      /labels of gaussian values/,
    ],
  ])('refuses %s', async (_, likelihood, pointer, detail) => {
    const api = await withTable();
    const problem = problemOf(await api.call(order(likelihood)));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
    expect(problem.errors[0]?.detail).toMatch(detail);
    expect(api.models.records).toEqual([]);
  });

  it('asks for a likelihood where none can be proposed', async () => {
    const made = profiler([2, 2], 'float32', 1);
    made.add(new Float32Array([1, 2, NaN, 4]));
    const images = tableOf(ROWS, { row_shape: [2, 2], header: null, profile: made.result(1) });
    const api = await withTable(images);
    const problem = problemOf(await api.call(order(undefined, images)));
    expect(problem.errors[0]).toMatchObject({
      pointer: '/model/likelihood',
      detail: expect.stringContaining('this field is required: Values are missing') as string,
    });
  });
});

async function withModel(): Promise<{ api: TestApi; model: ModelRecord }> {
  const api = await buildTestApi();
  const model = modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns: LABELLED } });
  return { api, model: await addModel(api, { row_shape: [4], model }) };
}
const post = (url: string, payload: object) => ({ method: 'POST' as const, url, payload });

describe('rows of a table', () => {
  it('are sent as arrays or by name, with words, flags and nothing for missing values', async () => {
    const { api, model } = await withModel();
    const data = [
      [31.5, 2, 'Bergen', 'yes'],
      [null, 0, 'Oslo', false],
      { age: 40, visits: 1, city: 'a/b~c', member: 'YES' },
      { city: 'Oslo', member: 1, visits: 3 },
    ];
    const response = await api.call(post('/encode', { model_id: model.id, data }));
    expect(response.statusCode).toBe(200);
    const rows = [31.5, 2, 1, 1, NaN, 0, 0, 0, 40, 1, 2, 1, NaN, 3, 0, 1];
    expect(api.producer.inferences[0]?.input).toMatchObject({
      rows: { shape: [4, 4], data: Float32Array.from(rows) },
    });
  });

  it('of a data set stored with a column __proto__ are sent as arrays', async () => {
    const api = await buildTestApi();
    const columns = LABELLED.map((column, i) => (i === 0 ? { ...column, name: '__proto__' } : column));
    const model = modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns } });
    const { id } = await addModel(api, { row_shape: [4], model });
    const asArray = await api.call(post('/encode', { model_id: id, data: [[31.5, 2, 'Bergen', 'yes']] }));
    expect(asArray.statusCode).toBe(200);
    const body = `{"model_id":"${id}","data":[{"__proto__":31.5,"visits":2,"city":"Bergen","member":"yes"}]}`;
    const asObject = await api.call({
      method: 'POST',
      url: '/encode',
      headers: { 'content-type': 'application/json' },
      payload: body,
    });
    expect(problemOf(asObject)).toMatchObject({ status: 400, code: 'malformed_json' });
  });

  it.each<[unknown, string, RegExp]>([
    [
      [1, 2, 'Paris', true],
      '/data/0/2',
      /found "Paris"; allowed: "Oslo", "Bergen", "a\/b~c" \(column city\)/,
    ],
    [[1, 2, 1, true], '/data/0/2', /found 1; allowed: "Oslo"/],
    [[1, null, 'Oslo', true], '/data/0/1', /found null; allowed: a value/],
    [[1, 2.5, 'Oslo', true], '/data/0/1', /found 2.5; allowed: a whole number/],
    [
      [1, 2, 'Oslo', 'maybe'],
      '/data/0/3',
      /found "maybe"; allowed: "no", "yes", or true, false \(column member\)/,
    ],
    [
      ['old', 2, 'Oslo', true],
      '/data/0/0',
      /found "old"; allowed: a finite number, such as 12.5 \(column age\)/,
    ],
    [[true, 2, 'Oslo', true], '/data/0/0', /found true/],
    [[1, 2, 'Oslo'], '/data/0', /found an array of length 3; allowed: an array of length 4, or an object/],
    [{ visits: 1, city: 'Oslo' }, '/data/0/member', /found null/],
    [{ visits: 1, city: [1], member: true }, '/data/0/city', /found an array of length 1/],
    [7, '/data/0', /found 7/],
    [null, '/data/0', /found null/],
  ])('%j is refused at %s', async (row, pointer, detail) => {
    const { api, model } = await withModel();
    const problem = problemOf(await api.call(post('/elbo', { model_id: model.id, data: [row] })));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
    expect(problem.errors[0]?.detail).toMatch(detail);
  });

  it.each([
    ['/encode', { data: [[1, 2, 'Oslo', true]] }],
    ['/elbo', { data: [[1, 2, 'Oslo', true]], by_column: true }],
    ['/decode', { latents: [[0, 0]] }],
  ])('POST %s answers 409 while the model has neither transform nor checkpoint', async (url, fields) => {
    const { api, model } = await withModel();
    const error = AppError.of('model_not_ready', { id: model.id });
    api.producer.beforeAnswer = () => Promise.reject(error);
    const response = await api.call(post(url, { model_id: model.id, ...fields }));
    expect(problemOf(response)).toMatchObject({ status: 409, code: 'model_not_ready' });
  });

  it('are answered with their words and the names of their columns', async () => {
    const { api, model } = await withModel();
    const mean: Matrix = { shape: [2, 4], data: Float32Array.of(31.5, 2.25, 1, 0.75, 40, 0, 2, 0.25) };
    const latents: Matrix = { shape: [2, 2], data: new Float32Array(4) };
    api.producer.answers.decode = () => ({ mean });
    api.producer.answers.sample = ({ drawData }) => ({ latents, mean, ...(drawData && { data: mean }) });
    const rows = [
      [31.5, 2.25, 'Bergen', 'yes'],
      [40, 0, 'a/b~c', 'no'],
    ];
    const decoded = await api.call(
      post('/decode', {
        model_id: model.id,
        latents: [
          [0, 0],
          [0, 0],
        ],
      }),
    );
    expect(decoded.json()).toMatchObject({ columns: NAMES, mean: rows });
    for (const [query, drawData] of [
      ['', false],
      ['&draw=sample', true],
    ] as const) {
      const url = `/samples?model_id=${model.id}&count=2${query}`;
      expect((await api.call({ url })).json()).toMatchObject({ columns: NAMES, data: rows });
      expect(api.producer.inferences.at(-1)?.input).toMatchObject({ drawData });
    }
  });

  it('are scored by column, but for what is missing', async () => {
    const { api, model } = await withModel();
    const terms: Matrix = { shape: [1, 4], data: Float32Array.of(0, -1, -2, -3) };
    const one: Vector = { shape: [1], data: Float32Array.of(-6) };
    const bound = { elbo: one, log_likelihood: one, kl_divergence: one, standard_error: one };
    api.producer.answers.elbo = ({ byColumn }) => ({
      ...bound,
      ...(byColumn && { log_likelihood_by_column: terms }),
    });
    const data = [[null, 2, 'Oslo', true]];
    const response = await api.call(post('/elbo', { model_id: model.id, data, by_column: true }));
    expect(response.json()).toMatchObject({
      columns: NAMES,
      log_likelihood_by_column: [[null, -1, -2, -3]],
    });
    const without = await api.call(post('/elbo', { model_id: model.id, data }));
    expect(without.json()).not.toHaveProperty('log_likelihood_by_column');
  });
});
