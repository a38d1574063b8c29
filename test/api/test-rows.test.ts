import { describe, expect, it } from 'vitest';
import { buildTestApi, problemOf } from '../support/api.ts';
import { datasetRecord } from '../support/fake-stores.ts';

const post = (payload: object) => ({ method: 'POST' as const, url: '/jobs', payload });

describe('watching test rows', () => {
  const order = (dataset: string) =>
    post({ dataset_id: dataset, training: { validation_fraction: 0, watch_test_rows: true } });

  it('is ordered for a data set that has some', async () => {
    const api = await buildTestApi();
    const dataset = datasetRecord({ test_rows: 10 });
    api.datasets.records.push(dataset);
    expect((await api.call(order(dataset.id))).statusCode).toBe(202);
    expect(api.producer.jobs[0]?.payload).toMatchObject({
      split: 'separate',
      training: { watch_test_rows: true },
    });
  });

  it('is refused for a data set that has none', async () => {
    const api = await buildTestApi();
    const dataset = datasetRecord();
    api.datasets.records.push(dataset);
    const problem = problemOf(await api.call(order(dataset.id)));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/training/watch_test_rows' }] });
  });
});

describe('test rows that the likelihood does not explain', () => {
  const strange = datasetRecord({
    test_rows: 10,
    test_profile: {
      per_column: false,
      columns: [{ name: 'values', missing: 0, minimum: -3, maximum: 9, integers: true }],
    },
  });

  it('do not hinder a training, which says so, but cannot be watched', async () => {
    const api = await buildTestApi();
    api.datasets.records.push(strange);
    const job = (await api.call(post({ dataset_id: strange.id }))).json<{ warnings: string[] }>();
    expect(job.warnings).toEqual([expect.stringMatching(/^The test rows have values from -3 to 9, which/)]);
    const training = { watch_test_rows: true };
    const problem = problemOf(await api.call(post({ dataset_id: strange.id, training })));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/training/watch_test_rows' }] });
  });

  it('cannot be evaluated', async () => {
    const api = await buildTestApi();
    api.datasets.records.push(strange);
    const { model_id: id } = (await api.call(post({ dataset_id: strange.id }))).json<{ model_id: string }>();
    const order = { type: 'evaluate', model_id: id, measures: [{ name: 'elbo' }] };
    expect(problemOf(await api.call(post(order)))).toMatchObject({ errors: [{ pointer: '/rows' }] });
    expect(problemOf(await api.call(post({ ...order, rows: 'train' })))).toMatchObject({ status: 409 });
  });
});
