import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../src/model/table.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';
import { common, describeDay } from '../support/table-columns.ts';

const amount = { format: { decimal: ',', grouping: '.', unit: '€' }, decimals: 2 } as const;
const TABLE: TableSchema = {
  columns: [
    { ...common, name: 'order_id', role: 'id' },
    { ...common, ...amount, name: 'amount', role: 'number', offset: 1000, also_missing: [] },
    { ...common, name: 'city', role: 'category', labels: ['Oslo', 'Bergen'], cells: 'word', other_share: 0 },
    describeDay('paid', 18_000),
  ],
  missing_marks: ['NA'],
};
const COLUMNS = [
  { name: 'amount', likelihood: { family: 'gaussian' }, missing: true },
  { name: 'city', likelihood: { family: 'categorical', categories: 2 }, labels: ['Oslo', 'Bergen'] },
  { name: 'paid', likelihood: { family: 'gaussian' } },
  { name: 'paid (weekday)', likelihood: { family: 'categorical', categories: 7 } },
];
/** 2020-01-31, a Friday, in days since 1970. */
const DAY = Date.UTC(2020, 0, 31) / 86_400_000;

async function withModel(): Promise<{ api: TestApi; model: ModelRecord }> {
  const api = await buildTestApi();
  const spec = modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns: COLUMNS } });
  const model = await addModel(api, { row_shape: [4], data_size: 4, model: spec, table: TABLE });
  return { api, model };
}
const post = (url: string, payload: object) => ({ method: 'POST' as const, url, payload });

const GOOD = [
  ['A-1', '1.234,56 €', 'Oslo', '31/1/2020'],
  [1234.56, 'Oslo', '2020-01-31'],
  { paid: '31.1.2020', city: 'Oslo', amount: '1234,56' },
];

describe('rows of a table with roles', () => {
  it('are arrays of all columns, or of those that are modelled, or objects, written as in the file', async () => {
    const { api, model } = await withModel();
    const response = await api.call(post('/encode', { model_id: model.id, data: GOOD }));
    expect(response.json()).toMatchObject({ ignored_columns: ['order_id'] });
    expect(response.json()).not.toHaveProperty('errors');
    const row = [Math.fround(234.56), 0, DAY - 18_000, 4];
    expect(api.producer.inferences[0]?.input).toMatchObject({
      rows: { shape: [3, 4], data: Float32Array.from([...row, ...row, ...row]) },
    });
  });

  it('report columns that the model does not use', async () => {
    const { api, model } = await withModel();
    const row = { paid: '31.1.2020', city: 'Oslo', amount: null, colour: 'red', order_id: 7 };
    const response = await api.call(post('/encode', { model_id: model.id, data: [row] }));
    expect(response.json()).toMatchObject({ ignored_columns: ['colour', 'order_id'] });
  });

  const DATA = [GOOD[0], ['A-2', 'ten', 'Oslo', 'some day'], [1, 2], GOOD[2], ['A-3', 'NA', 'Paris', null]];
  const ERRORS = [
    { row: 1, column: 'amount', found: '"ten"', allowed: 'a finite number, such as 12,5' },
    { row: 1, column: 'paid', found: '"some day"', allowed: expect.stringContaining('a date') as string },
    { row: 2, column: null, found: 'an array of length 2', allowed: expect.any(String) as string },
    { row: 4, column: 'city', found: '"Paris"', allowed: '"Oslo", "Bergen"' },
    { row: 4, column: 'paid', found: 'null', allowed: expect.stringContaining('a value') as string },
  ];
  const BAD = [1, 2, 4];

  it.each([
    ['/encode', { samples: 2 }, ['mean', 'standard_deviation'], ['samples']],
    ['/reconstruct', {}, ['mean'], []],
    ['/elbo', { samples: 2 }, ['elbo', 'log_likelihood', 'kl_divergence', 'standard_error'], []],
    [
      '/log-marginal-likelihood',
      { method: 'importance_sampling', samples: 2 },
      ['log_marginal_likelihood', 'standard_error', 'effective_sample_size'],
      [],
    ],
  ])('POST %s answers all others if some cannot be understood', async (url, fields, lists, draws) => {
    const { api, model } = await withModel();
    const answer = (await api.call(post(url, { model_id: model.id, data: DATA, ...fields }))).json<
      Record<string, unknown>
    >();
    expect(answer['errors']).toEqual(ERRORS);
    const found = [...lists.map((name) => answer[name]), ...draws.flatMap((name) => answer[name])];
    expect(found.length).toBeGreaterThan(0);
    for (const list of found as unknown[][]) {
      expect(list.map((value) => value === null)).toEqual(DATA.map((_, row) => BAD.includes(row)));
    }
  });

  it('are refused with every problem if none can be understood', async () => {
    const { api, model } = await withModel();
    const data = [{ amount: 'ten' }, 7];
    const problem = problemOf(await api.call(post('/elbo', { model_id: model.id, data })));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(['/data/0/amount', '/data/1']);
    expect(api.producer.inferences).toEqual([]);
  });

  it('are answered as in the file, one value and one term for each modelled column', async () => {
    const { api, model } = await withModel();
    const mean = { shape: [1, 4] as [number, number], data: Float32Array.of(234.5634, 1, DAY - 18_000, 4) };
    api.producer.answers.decode = () => ({ mean });
    const decoded = await api.call(post('/decode', { model_id: model.id, latents: [[0, 0]] }));
    expect(decoded.json()).toMatchObject({
      columns: ['amount', 'city', 'paid'],
      mean: [[1234.56, 'Bergen', '2020-01-31']],
    });
    const one = { shape: [1] as [number], data: Float32Array.of(-6) };
    const terms = { shape: [1, 4] as [number, number], data: Float32Array.of(-1, -2, -4, -8) };
    const bound = { elbo: one, log_likelihood: one, kl_divergence: one, standard_error: one };
    api.producer.answers.elbo = () => ({ ...bound, log_likelihood_by_column: terms });
    const scored = await api.call(post('/elbo', { model_id: model.id, data: [GOOD[0]], by_column: true }));
    expect(scored.json()).toMatchObject({ log_likelihood_by_column: [[-1, -2, -12]] });
  });
});
