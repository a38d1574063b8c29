import { describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../../src/model/dataset/profile.ts';
import { buildTestApi, problemOf } from '../support/api.ts';
import { datasetRecord } from '../support/fake-stores.ts';

const columnProfile: ColumnProfile = {
  name: 'values',
  kind: 'real',
  reason: 'values are real numbers',
  missing: 0,
  minimum: 0,
  maximum: 1,
  mean: 0.5,
  variance: 0.1,
  zeros: 0,
  extremes: 0,
  integers: false,
  distinct: null,
};

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

describe('early stopping', () => {
  it('needs validation rows: test rows are none', async () => {
    const api = await buildTestApi();
    const dataset = datasetRecord({ test_rows: 10 });
    api.datasets.records.push(dataset);
    const training = { early_stopping: { patience_epochs: 2 }, validation_fraction: 0 };
    const problem = problemOf(await api.call(post({ dataset_id: dataset.id, training })));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/training/early_stopping' }] });
    const held = { ...training, validation_fraction: 0.5 };
    expect((await api.call(post({ dataset_id: dataset.id, training: held }))).statusCode).toBe(202);
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

describe('a data set of an early version, whose profile covers its test rows', () => {
  it('warns that they influence the proposal, and an order that takes it', async () => {
    const api = await buildTestApi();
    const profile = { per_column: false, columns: [columnProfile] };
    const dataset = datasetRecord({ test_rows: 10, profile, test_profile: null });
    api.datasets.records.push(dataset);
    const warning: unknown = expect.stringContaining('they influence the proposal');
    const { body } = await api.call({ method: 'GET', url: `/datasets/${dataset.id}` });
    expect(JSON.parse(body)).toMatchObject({ warnings: [warning] });
    const order = async (model: object) =>
      (await api.call(post({ dataset_id: dataset.id, model }))).json<{ warnings: string[] }>().warnings;
    expect(await order({})).toEqual([warning]);
    expect(await order({ likelihood: { family: 'gaussian' } })).toEqual([]);
  });
});
