import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import { EvaluatePayload, type EvaluateResult } from '../../src/queue/jobs.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { compileCheck } from '../../src/validation.ts';
import { addModel, buildTestApi, GAUSSIAN, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec, trainingSpec } from '../support/specifications.ts';
import { datasetRecord } from '../support/fake-stores.ts';

/** A model with one checkpoint, of step 12. */
async function usableModel(api: TestApi, fields: Partial<ModelRecord> = {}): Promise<ModelRecord> {
  const record = await addModel(api, fields);
  const content = { step: 12, epoch: 1, seed: 0, validationElbo: -1, parameters: {}, optimizer: {} };
  await api.models.saveCheckpoint(record.id, content);
  return record;
}

const post = (payload: object) => ({
  method: 'POST' as const,
  url: '/jobs',
  payload: { type: 'evaluate', ...payload },
});

describe('POST /jobs with type evaluate', () => {
  it('enqueues the evaluation with every default and answers 202 with where to look', async () => {
    const api = await buildTestApi();
    const { id } = await usableModel(api);
    const response = await api.call(post({ model_id: id }));
    expect(response.statusCode).toBe(202);
    const job = response.json<{ id: string }>();
    expect(response.headers['location']).toBe(`/jobs/${job.id}`);
    expect(job).toMatchObject({
      type: 'evaluate',
      state: 'queued',
      model_id: id,
      dataset_id: 'mnist',
      progress: null,
      result: null,
    });
    const payload = api.producer.jobs[0]?.payload;
    expect(compileCheck(EvaluatePayload, 'payload')(structuredClone(payload))).toEqual(payload);
    expect(payload).toMatchObject({
      modelId: id,
      checkpoint: 'latest',
      datasetId: 'mnist',
      evaluation: {
        rows: 'held_out',
        seed: 0,
        measures: [{ name: 'elbo', samples: 1 }, { name: 'latents' }, { name: 'floors' }],
      },
    });
    expect(api.models.records).toHaveLength(1);
  });

  it('fills in the defaults of each measure and method', async () => {
    const api = await buildTestApi();
    const { id } = await usableModel(api);
    const measures = [
      { name: 'log_marginal_likelihood' },
      { name: 'log_marginal_likelihood', method: 'posterior_density', samples: 20 },
      { name: 'gradient_variance' },
    ];
    await api.call(post({ model_id: id, measures }));
    expect(api.producer.jobs[0]?.payload).toMatchObject({
      evaluation: {
        measures: [
          { method: 'importance_sampling', samples: 1000 },
          { method: 'posterior_density', samples: 20, leapfrog_steps: 4 },
          { minibatch_size: 100, draws: 200 },
        ],
      },
    });
  });

  it.each<[string, object, string, RegExp]>([
    ['no model', {}, '/model_id', /required/],
    ['a field of the other type', { model: {} }, '/model', /unknown field; allowed: model_id, checkpoint/],
    ['no measure', { measures: [] }, '/measures', /fewer than 1 items/],
    ['an unknown measure', { measures: [{ name: 'fid' }] }, '/measures/0/name', /"elbo", .*; found "fid"/],
    [
      'an unknown method',
      { measures: [{ name: 'log_marginal_likelihood', method: 'ais' }] },
      '/measures/0/method',
      /"importance_sampling", "fitted_importance_sampling", "posterior_density"; found "ais"/,
    ],
    [
      'a field of another method',
      { measures: [{ name: 'log_marginal_likelihood', leapfrog_steps: 4 }] },
      '/measures/0/leapfrog_steps',
      /unknown field; allowed: method, name, samples/,
    ],
    [
      'the same measure twice',
      { measures: [{ name: 'elbo' }, { name: 'elbo', samples: 5 }] },
      '/measures/1',
      /found elbo twice/,
    ],
    [
      'more work than is allowed',
      { measures: [{ name: 'elbo' }, { name: 'log_marginal_likelihood', samples: 100_000 }], rows: 'all' },
      '/measures/1',
      /importance_sampling\) of 2000 rows, which needs 200000000 passes.*at most 100000000/,
    ],
    [
      'the spread of one row',
      { measures: [{ name: 'latents' }], limit: 1 },
      '/measures/0',
      /latents of 1 row/,
    ],
  ])('refuses %s', async (name, fields, pointer, detail) => {
    const api = await buildTestApi();
    const dataset = datasetRecord({ rows: 2000 });
    api.datasets.records.push(dataset);
    const { id } = await usableModel(api, { dataset_id: dataset.id });
    const named = name === 'no model' ? {} : { model_id: id };
    const problem = problemOf(await api.call(post({ ...named, ...fields })));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer }] });
    expect(problem.errors[0]?.detail).toMatch(detail);
    expect(api.producer.jobs).toEqual([]);
  });

  it('refuses another data set whose rows do not fit the model', async () => {
    const api = await buildTestApi();
    const { id } = await usableModel(api);
    const wide = datasetRecord({ data_size: 9, row_shape: [3, 3], maximum: 7 });
    api.datasets.records.push(wide);
    const problem = problemOf(await api.call(post({ model_id: id, dataset_id: wide.id, rows: 'all' })));
    const details = problem.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
    expect(details).toEqual([
      expect.stringMatching(/^\/dataset_id: found rows of 9 values .*allowed: 4$/),
      expect.stringMatching(/^\/dataset_id: found values from 0 to 7/),
    ]);
  });

  it('refuses test rows of another data set that has none, and takes those that it has', async () => {
    const api = await buildTestApi();
    const { id } = await usableModel(api);
    const [without, having] = [datasetRecord(), datasetRecord({ test_rows: 100 })];
    api.datasets.records.push(without, having);
    const problem = problemOf(await api.call(post({ model_id: id, dataset_id: without.id })));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/rows' }] });
    expect(problem.errors[0]?.detail).toMatch(/^found no held_out rows in .*; allowed: train, all$/);
    expect((await api.call(post({ model_id: id, dataset_id: having.id }))).statusCode).toBe(202);
    expect((await api.call(post({ model_id: id, dataset_id: without.id, rows: 'all' }))).statusCode).toBe(
      202,
    );
  });

  it('refuses what an encoder is needed for where there is none', async () => {
    const api = await buildTestApi();
    const training = trainingSpec({ algorithm: { name: 'mcem' } });
    const { id } = await usableModel(api, { training, model: GAUSSIAN });
    const problem = problemOf(await api.call(post({ model_id: id })));
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(['/measures/0', '/measures/1']);
    expect(problem.errors[0]?.detail).toMatch(
      /mcem, which has no encoder; allowed: floors, .*posterior_density/,
    );
    const measures = [{ name: 'log_marginal_likelihood', method: 'posterior_density' }, { name: 'floors' }];
    expect((await api.call(post({ model_id: id, measures }))).statusCode).toBe(202);
  });

  it.each([
    ['too many latents', { latent_size: 5 }, /5 latent dimensions; allowed: at most 4/],
    [
      'a prior that is not on the real numbers',
      { latent_size: 2, posterior: { family: 'gamma' }, prior: { family: 'gamma' } },
      /gamma prior.*allowed: a prior on the real numbers/,
    ],
  ])("refuses appendix D's estimate for %s, in both places", async (_name, fields, detail) => {
    const api = await buildTestApi();
    const { id } = await usableModel(api, { model: modelSpec(fields) });
    const method = 'posterior_density';
    const measures = [{ name: 'log_marginal_likelihood', method }];
    const job = problemOf(await api.call(post({ model_id: id, measures })));
    expect(job.errors).toMatchObject([
      { pointer: '/measures/0', detail: expect.stringMatching(detail) as string },
    ]);
    const payload = { model_id: id, data: [[0, 0, 0, 0]], method };
    const scores = problemOf(await api.call({ method: 'POST', url: '/log-marginal-likelihood', payload }));
    expect(scores.errors).toMatchObject([
      { pointer: '/method', detail: expect.stringMatching(detail) as string },
    ]);
  });

  it('refuses zeros and ones under a likelihood that has densities', async () => {
    const api = await buildTestApi();
    const { id } = await usableModel(api, { model: GAUSSIAN });
    const problem = problemOf(await api.call(post({ model_id: id, binarization: 'static' })));
    expect(problem.errors).toMatchObject([{ pointer: '/binarization' }]);
  });

  it.each<[string, object, number, string]>([
    ['a model that is not there', { model_id: createId('model') }, 404, 'model_not_found'],
    ['a data set that is not there', { dataset_id: createId('ds') }, 404, 'dataset_not_found'],
    ['a checkpoint that is not there', { checkpoint: 11 }, 404, 'checkpoint_not_found'],
  ])('answers for %s', async (_name, fields, status, code) => {
    const api = await buildTestApi();
    const { id } = await usableModel(api);
    expect(problemOf(await api.call(post({ model_id: id, ...fields })))).toMatchObject({ status, code });
  });

  it('answers 409 for a model without a checkpoint', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const problem = problemOf(await api.call(post({ model_id: id })));
    expect(problem).toMatchObject({ status: 409, code: 'model_not_ready' });
  });
});

describe('an evaluation job', () => {
  const result: EvaluateResult = {
    outcome: 'succeeded',
    protocol: {
      model_id: createId('model'),
      step: 12,
      dataset_id: 'mnist',
      rows: 'test',
      influenced: [],
      count: 100,
      binarization: 'none',
      seed: 0,
      unit: 'nats per row',
      data_size: 4,
      likelihood: 'bernoulli',
      kind: 'log_probability',
    },
    elbo: {
      samples: 1,
      mean: -2,
      standard_error: 0.1,
      monte_carlo_standard_error: null,
      log_likelihood: -1.5,
      kl_divergence: 0.5,
      bits_per_dimension: 0.7,
    },
    warnings: [],
  };

  it('shows its progress and its report', async () => {
    const api = await buildTestApi();
    const { id: model } = await usableModel(api);
    const { id } = (await api.call(post({ model_id: model }))).json<{ id: string }>();
    const progress = {
      measure: 'elbo',
      rowsDone: 50,
      rows: 100,
      secondsLeft: 2,
      runtime: 'onnx/cpu',
      pid: 12,
    };
    api.producer.change(id, { state: 'running', attempts: 1, progress });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({
      type: 'evaluate',
      progress: { measure: 'elbo', rows_done: 50, rows: 100, seconds_left: 2, pid: 12 },
    });
    api.producer.change(id, { state: 'succeeded', result });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({ result });
    const error = AppError.of('evaluation_not_finite', { quantity: 'mean' }).toJSON();
    api.producer.change(id, { state: 'failed', result: null, error });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({ error: { code: error.code } });
    api.producer.change(id, { state: 'cancelled', result: { outcome: 'cancelled' }, error: null });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({
      result: { outcome: 'cancelled' },
    });
  });

  it('stands in the list with trainings, or alone', async () => {
    const api = await buildTestApi();
    const { id: model } = await usableModel(api);
    await api.call({ method: 'POST', url: '/jobs', payload: { type: 'train', dataset_id: 'mnist' } });
    await api.call(post({ model_id: model }));
    const types = async (query: string) => {
      const { data } = (await api.call({ url: `/jobs${query}` })).json<{ data: { type: string }[] }>();
      return data.map(({ type }) => type);
    };
    expect(await types('')).toEqual(['evaluate', 'train']);
    expect(await types('?type=evaluate')).toEqual(['evaluate']);
    expect(await types('?type=train')).toEqual(['train']);
    expect(problemOf(await api.call({ url: '/jobs?type=dream' })).errors).toMatchObject([
      { pointer: 'type' },
    ]);
  });
});
