import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import { TrainPayload } from '../../src/queue/jobs.ts';
import { compileCheck } from '../../src/validation.ts';
import { buildTestApi, problemOf } from '../support/api.ts';
import { datasetRecord } from '../support/fake-stores.ts';

const post = (payload: object) => ({ method: 'POST' as const, url: '/jobs', payload });

describe('POST /jobs', () => {
  it('writes the model, enqueues its training and answers 202 with where to look', async () => {
    const api = await buildTestApi();
    const response = await api.call(post({ dataset_id: 'mnist', name: 'first', training: { epochs: 3 } }));
    expect(response.statusCode).toBe(202);
    const job = response.json<{ id: string; model_id: string }>();
    expect(response.headers['location']).toBe(`/jobs/${job.id}`);
    expect(job).toMatchObject({
      type: 'train',
      state: 'queued',
      dataset_id: 'mnist',
      progress: null,
      attempts: 0,
    });
    const record = await api.models.get(job.model_id);
    expect(record).toMatchObject({ name: 'first', job_id: job.id, data_size: 4, row_shape: [2, 2] });
    const payload = api.producer.jobs[0]?.payload;
    expect(compileCheck(TrainPayload, 'payload')(structuredClone(payload))).toEqual(payload);
    expect(payload).toMatchObject({
      modelId: job.model_id,
      model: record.model,
      training: { epochs: 3, seed: 0 },
    });
  });

  it('fills in every default, inside tagged unions too', async () => {
    const api = await buildTestApi();
    const model = { likelihood: { family: 'gaussian' }, encoder: { activation: 'relu' } };
    const training = { optimizer: { name: 'adagrad' } };
    await api.call(post({ dataset_id: 'mnist', model, training }));
    expect(api.models.records[0]).toMatchObject({
      name: 'mnist',
      model: {
        latent_size: 20,
        likelihood: { family: 'gaussian', mean: 'free', variance: 'per_element' },
        encoder: { activation: 'relu', hidden_sizes: [500] },
      },
      training: {
        optimizer: { name: 'adagrad', learning_rate: expect.any(Number) as number },
        objective: { name: 'ml' },
      },
    });
  });

  it.each<[string, object, string, RegExp]>([
    ['no data set', {}, '/dataset_id', /required/],
    [
      'an unknown field',
      { dataset_id: 'mnist', nme: 'x' },
      '/nme',
      /unknown field; allowed: dataset_id, name/,
    ],
    [
      'a misspelt hyperparameter',
      { dataset_id: 'mnist', training: { epoch: 1 } },
      '/training/epoch',
      /unknown field; allowed: epochs/,
    ],
    [
      'a number as text',
      { dataset_id: 'mnist', training: { epochs: '3' } },
      '/training/epochs',
      /must be integer; found "3"/,
    ],
    ['no epochs', { dataset_id: 'mnist', training: { epochs: 0 } }, '/training/epochs', />= 1; found 0/],
    [
      'an unknown activation',
      { dataset_id: 'mnist', model: { encoder: { activation: 'sine' } } },
      '/model/encoder/activation',
      /"tanh".*; found "sine"/,
    ],
    [
      'an unknown optimizer',
      { dataset_id: 'mnist', training: { optimizer: { name: 'lion' } } },
      '/training/optimizer/name',
      /must be one of "sgd", .*; found "lion"/,
    ],
    [
      'a likelihood without a family',
      { dataset_id: 'mnist', model: { likelihood: { mean: 'free' } } },
      '/model/likelihood/family',
      /required: one of "bernoulli", .*"mixed"/,
    ],
    [
      'a field of another variant',
      { dataset_id: 'mnist', training: { optimizer: { name: 'sgd', beta1: 0.5 } } },
      '/training/optimizer/beta1',
      /unknown field; allowed: name, learning_rate/,
    ],
    ['an empty name', { dataset_id: 'mnist', name: '' }, '/name', /1 character/],
    ['null', { dataset_id: null }, '/dataset_id', /must be string; found null/],
    [
      'a minibatch larger than the data',
      { dataset_id: 'mnist', training: { minibatch_size: 901 } },
      '/training/minibatch_size',
      /found 901; allowed: 1 to 900, the training rows of mnist/,
    ],
    [
      'two budgets',
      { dataset_id: 'mnist', training: { epochs: 3, steps: 100 } },
      '/training/steps',
      /found 100 as well as 3 epochs; allowed: either steps or epochs/,
    ],
    [
      'too many parameters',
      { dataset_id: 'mnist', model: { encoder: { hidden_sizes: [8192, 8192, 8192, 8192] } } },
      '/model',
      /found 201732352 parameters.*at most 200000000/,
    ],
    [
      'a step that no memory holds',
      {
        dataset_id: 'mnist',
        model: { encoder: { hidden_sizes: [8192, 64] }, decoder: { hidden_sizes: [64] } },
        training: { minibatch_size: 900, samples_per_datapoint: 64 },
      },
      '/training/minibatch_size',
      /900 rows \* 64 samples \* \d+ units = \d+ values per step; allowed: at most 268435456/,
    ],
  ])('refuses %s', async (_name, payload, pointer, detail) => {
    const api = await buildTestApi();
    const response = await api.call(post(payload));
    expect(response.statusCode).toBe(422);
    const problem = problemOf(response);
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors[0]?.pointer).toBe(pointer);
    expect(problem.errors[0]?.detail).toMatch(detail);
    expect(api.models.records).toEqual([]);
    expect(api.producer.jobs).toEqual([]);
  });

  it('takes a minibatch of all training rows', async () => {
    const api = await buildTestApi();
    const response = await api.call(post({ dataset_id: 'mnist', training: { minibatch_size: 900 } }));
    expect(response.statusCode).toBe(202);
  });

  it.each([
    ['bernoulli', { family: 'bernoulli' }, 422],
    ['gaussian in the unit interval', { family: 'gaussian', mean: 'unit_interval' }, 422],
    ['gaussian', { family: 'gaussian' }, 202],
  ])('compares the range of the data with what %s can explain', async (_name, likelihood, status) => {
    const api = await buildTestApi();
    const dataset = datasetRecord({ minimum: -3, maximum: 12 });
    api.datasets.records.push(dataset);
    const response = await api.call(post({ dataset_id: dataset.id, model: { likelihood } }));
    expect(response.statusCode).toBe(status);
    if (status === 202) return;
    const [problem] = problemOf(response).errors;
    expect(problem?.pointer).toBe('/model/likelihood');
    expect(problem?.detail).toMatch(/found values from -3 to 12 in ds_.*allowed: a number in \[0, 1\]/);
  });

  it('tells every disagreement with the data set at once', async () => {
    const api = await buildTestApi();
    const dataset = datasetRecord({ maximum: 255, rows: 10, test_rows: 4 });
    api.datasets.records.push(dataset);
    const response = await api.call(post({ dataset_id: dataset.id, training: { minibatch_size: 7 } }));
    const pointers = problemOf(response).errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(['/training/minibatch_size', '/model/likelihood']);
  });

  it('refuses a data set of test rows only', async () => {
    const api = await buildTestApi();
    const dataset = datasetRecord({ rows: 10, test_rows: 10 });
    api.datasets.records.push(dataset);
    const problem = problemOf(await api.call(post({ dataset_id: dataset.id })));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/dataset_id' }] });
    expect(problem.errors[0]?.detail).toMatch(/found 0 training rows \(10 rows, 10 of them test rows\)/);
  });

  it('answers 404 for a data set that is not there', async () => {
    const api = await buildTestApi();
    const response = await api.call(post({ dataset_id: createId('ds') }));
    expect(problemOf(response)).toMatchObject({ status: 404, code: 'dataset_not_found' });
  });

  it('leaves no model behind where the queue cannot be reached', async () => {
    const api = await buildTestApi();
    api.producer.failure = AppError.of('queue_unavailable', { detail: 'refused' });
    const response = await api.call(post({ dataset_id: 'mnist' }));
    expect(problemOf(response)).toMatchObject({ status: 503, code: 'queue_unavailable' });
    expect(response.headers['retry-after']).toBe('5');
    expect(api.models.records).toEqual([]);
  });
});

describe('GET /jobs', () => {
  it('pages through the jobs, newest first, filtered by state', async () => {
    const api = await buildTestApi();
    for (let i = 0; i < 3; i++) await api.call(post({ dataset_id: 'mnist' }));
    const ids = api.producer.jobs.map(({ id }) => id);
    const first = (await api.call({ url: '/jobs?limit=2' })).json<{
      data: { id: string }[];
      has_more: boolean;
    }>();
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const second = (await api.call({ url: `/jobs?limit=2&after=${ids[1] ?? ''}` })).json<typeof first>();
    expect([second.data.map(({ id }) => id), second.has_more]).toEqual([ids.slice(2), false]);
    api.producer.change(ids[2] ?? '', { state: 'running' });
    const running = (await api.call({ url: '/jobs?state=running' })).json<typeof first>();
    expect(running.data.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it.each([
    ['limit=0', 'limit', />= 1; found 0/],
    ['limit=101', 'limit', /<= 100; found 101/],
    ['limit=x', 'limit', /must be integer; found "x"/],
    ['limit=', 'limit', /must be integer; found ""/],
    ['limit=1&limit=2', 'limit', /must be integer; found an array of length 2/],
    ['state=sleeping', 'state', /must be one of "queued".*; found "sleeping"/],
    ['after=../x', 'after', /pattern/],
    ['sort=name', 'sort', /unknown field; allowed: limit, after, state/],
  ])('refuses ?%s', async (query, pointer, detail) => {
    const api = await buildTestApi();
    const problem = problemOf(await api.call({ url: `/jobs?${query}` }));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer }] });
    expect(problem.errors[0]?.detail).toMatch(detail);
  });
});

describe('GET /jobs/:id', () => {
  it('shows progress, result and error of a job', async () => {
    const api = await buildTestApi();
    const { id } = (await api.call(post({ dataset_id: 'mnist' }))).json<{ id: string }>();
    const progress = {
      step: 5,
      totalSteps: 90,
      epoch: 0,
      epochs: 10,
      rowsPerSecond: 1e4,
      trainElbo: -200,
      validationElbo: null,
      secondsLeft: 9,
      runtime: 'onnx cpu',
      pid: 12,
    };
    api.producer.change(id, { state: 'running', startedAt: Date.UTC(2026, 0, 2), attempts: 1, progress });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({
      state: 'running',
      started_at: '2026-01-02T00:00:00.000Z',
      progress: {
        step: 5,
        total_steps: 90,
        rows_per_second: 1e4,
        train_elbo: -200,
        validation_elbo: null,
        seconds_left: 9,
      },
    });
    api.producer.change(id, {
      state: 'succeeded',
      result: { outcome: 'succeeded', step: 90, validationElbo: -101.5 },
    });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({
      result: { outcome: 'succeeded', step: 90, validation_elbo: -101.5 },
    });
    const error = AppError.of('training_diverged', { step: 7, quantity: 'elbo', checkpoint: '' }).toJSON();
    api.producer.change(id, { state: 'failed', error });
    expect((await api.call({ url: `/jobs/${id}` })).json()).toMatchObject({
      error: { code: 'training_diverged', message: error.message, problems: [] },
    });
  });

  it.each([
    ['GET', createId('job'), '', 'job_not_found'],
    ['GET', 'nope', '', 'id_invalid'],
    ['GET', '12', '', 'id_invalid'],
    ['POST', createId('job'), '/cancel', 'job_not_found'],
    ['POST', 'a:b', '/cancel', 'id_invalid'],
  ] as const)('%s answers 404 for %s%s', async (method, id, suffix, code) => {
    const api = await buildTestApi();
    expect(problemOf(await api.call({ method, url: `/jobs/${id}${suffix}` }))).toMatchObject({
      status: 404,
      code,
    });
  });
});

describe('POST /jobs/:id/cancel', () => {
  it('cancels once; a finished job is a conflict', async () => {
    const api = await buildTestApi();
    const { id } = (await api.call(post({ dataset_id: 'mnist' }))).json<{ id: string }>();
    const cancelled = await api.call({ method: 'POST', url: `/jobs/${id}/cancel` });
    expect([cancelled.statusCode, cancelled.json<{ state: string }>().state]).toEqual([202, 'cancelled']);
    const again = await api.call({ method: 'POST', url: `/jobs/${id}/cancel` });
    expect(problemOf(again)).toMatchObject({ status: 409, code: 'job_finished' });
  });
});
