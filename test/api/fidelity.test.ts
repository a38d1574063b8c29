import { describe, expect, it } from 'vitest';
import type { Outputs } from '../../src/queue/operations.ts';
import { addModel, buildTestApi, problemOf } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';
import { ORDERS } from '../support/table-columns.ts';

const COLUMNS = [
  { name: 'price', likelihood: { family: 'gaussian' } },
  { name: 'ordered_at', likelihood: { family: 'gaussian' } },
  { name: 'ordered_at (weekday)', likelihood: { family: 'categorical', categories: 7 } },
  { name: 'city', likelihood: { family: 'categorical', categories: 2 }, labels: ['Oslo', 'Bergen'] },
];
const NONE = [NaN, NaN, NaN, NaN];
const matrix = (...rows: number[][]) => ({
  shape: [rows.length, rows[0]?.length ?? 0] as const,
  data: Float32Array.from(rows.flat()),
});

const REPORT: Outputs['fidelity'] = {
  rows: { shape: [1], data: Uint32Array.of(100) },
  missing: { shape: [4], data: Float32Array.of(0.25, 0, 0, 0) },
  data_moments: matrix([0.25, 0.5, 2, 0.125], [7, 1, 2, 0.5], NONE, NONE),
  sample_moments: matrix([1.25, 0.5, NaN, NaN], [8, 1, 2, 0.5], NONE, NONE),
  codes: matrix([NaN, NaN], [NaN, NaN], [2, 0], [1, NaN]),
  data_shares: matrix([NaN, NaN], [NaN, NaN], [0.75, 0.25], [1, NaN]),
  sample_shares: matrix([NaN, NaN], [NaN, NaN], [0.5, 0.5], [1, NaN]),
  correlated: { shape: [2], data: Uint32Array.of(0, 1) },
  correlations: { shape: [2], data: Float32Array.of(0.5, 0.25) },
  auc: { shape: [2], data: Float32Array.of(0.625, 0.03125) },
};

async function withTable() {
  const api = await buildTestApi();
  api.producer.answers.fidelity = () => REPORT;
  const model = modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns: COLUMNS } });
  const { id } = await addModel(api, { row_shape: [4], data_size: 4, model, table: ORDERS });
  return { api, id };
}

describe('GET /models/:id/fidelity', () => {
  it('compares samples and rows in the units and words of the table', async () => {
    const { api, id } = await withTable();
    const answer = await api.call({ url: `/models/${id}/fidelity?samples=500&seed=3` });
    expect(api.producer.inferences[0]).toMatchObject({
      operation: 'fidelity',
      input: { samples: 500, seed: 3 },
    });
    expect(answer.json()).toEqual({
      model_id: id,
      step: 7,
      seed: 3,
      rows: 100,
      columns: [
        {
          column: 'price',
          missing: 0.25,
          data: { mean: 1000.25, mean_error: 0.5, standard_deviation: 2, standard_deviation_error: 0.125 },
          samples: {
            mean: 1001.25,
            mean_error: 0.5,
            standard_deviation: null,
            standard_deviation_error: null,
          },
          words: null,
        },
        {
          column: 'ordered_at',
          missing: 0,
          data: { mean: '2020-01-08', mean_error: 1, standard_deviation: 2, standard_deviation_error: 0.5 },
          samples: {
            mean: '2020-01-09',
            mean_error: 1,
            standard_deviation: 2,
            standard_deviation_error: 0.5,
          },
          words: null,
        },
        {
          column: 'ordered_at (weekday)',
          missing: 0,
          data: null,
          samples: null,
          words: [
            { word: 'Wednesday', data: 0.75, samples: 0.5, error: expect.closeTo(0.0661, 4) as number },
            { word: 'Monday', data: 0.25, samples: 0.5, error: expect.closeTo(0.0661, 4) as number },
          ],
        },
        {
          column: 'city',
          missing: 0,
          data: null,
          samples: null,
          words: [{ word: 'Bergen', data: 1, samples: 1, error: 0 }],
        },
      ],
      correlation: { columns: ['price', 'ordered_at'], data: 0.5, samples: 0.25, difference: 0.25 },
      auc: 0.625,
      auc_standard_error: 0.03125,
    });
  });

  it('is about tables only', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const problem = problemOf(await api.call({ url: `/models/${id}/fidelity` }));
    expect(problem).toMatchObject({ status: 409, code: 'not_a_table' });
  });

  it.each(['samples=9', 'samples=5001', 'seed=-1', 'rows=all'])('refuses ?%s', async (query) => {
    const { api, id } = await withTable();
    const problem = problemOf(await api.call({ url: `/models/${id}/fidelity?${query}` }));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, query.split('=')[0]]);
  });
});
