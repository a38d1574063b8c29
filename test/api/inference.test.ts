import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import { INFER_VERSION } from '../../src/queue/operations.ts';
import { packPayload, unpackPayload } from '../../src/queue/infer-packing.ts';
import { GAUSSIAN, addModel, buildTestApi, problemOf } from '../support/api.ts';

const ROWS = [
  [0, 0.25, 0.5, 1],
  [1, 1, 0, 0],
];
const POINTS = [
  [-1.5, 2],
  [0, 0],
  [1e3, 4],
];

describe('inference', () => {
  it.each([
    [
      '/encode',
      { data: ROWS },
      {
        mean: [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        standard_deviation: [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      },
    ],
    [
      '/encode',
      { data: ROWS, samples: 1 },
      {
        samples: [
          [
            [0.5, 0.5],
            [0.5, 0.5],
          ],
        ],
      },
    ],
    ['/decode', { latents: POINTS }, { mean: POINTS.map(() => [0.5, 0.5, 0.5, 0.5]) }],
    ['/reconstruct', { data: ROWS }, { mean: ROWS.map(() => [0.5, 0.5, 0.5, 0.5]) }],
    ['/elbo', { data: ROWS }, { elbo: [0.5, 0.5], unit: 'nats per row', mean: { elbo: 0.5 }, samples: 1 }],
    [
      '/elbo',
      { data: ROWS },
      { standard_error: null, mean: { standard_error: 0, monte_carlo_standard_error: null } },
    ],
    [
      '/elbo',
      { data: ROWS, samples: 4 },
      { standard_error: [0.5, 0.5], mean: { monte_carlo_standard_error: Math.SQRT1_2 / 2 } },
    ],
    ['/elbo', { data: [ROWS[0]] }, { mean: { standard_error: null, monte_carlo_standard_error: null } }],
    [
      '/log-marginal-likelihood',
      { data: ROWS },
      {
        unit: 'nats per row',
        method: 'importance_sampling',
        samples: 1000,
        log_marginal_likelihood: [0.5, 0.5],
        standard_error: [0.5, 0.5],
        effective_sample_size: [0.5, 0.5],
        acceptance: null,
        mean: {
          log_marginal_likelihood: 0.5,
          standard_error: 0,
          monte_carlo_standard_error: Math.SQRT1_2 / 2,
        },
      },
    ],
    [
      '/log-marginal-likelihood',
      { data: ROWS, method: 'posterior_density' },
      { method: 'posterior_density', samples: 50, effective_sample_size: null, acceptance: 0.5 },
    ],
  ])('POST %s answers arrays of rows', async (url, fields, expected) => {
    const api = await buildTestApi();
    const model = await addModel(api);
    const response = await api.call({ method: 'POST', url, payload: { model_id: model.id, ...fields } });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ model_id: model.id, step: 7, ...expected });
  });

  it('POST /log-likelihood answers like POST /log-marginal-likelihood, and is documented as deprecated', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const payload = { model_id: id, data: ROWS, samples: 5 };
    const former = await api.call({ method: 'POST', url: '/log-likelihood', payload });
    const current = await api.call({ method: 'POST', url: '/log-marginal-likelihood', payload });
    expect(former.statusCode).toBe(200);
    expect(former.json()).toEqual(current.json());
    const { paths } = api.app.swagger() as { paths: Record<string, { post?: object }> };
    const [old, renamed] = [paths['/log-likelihood']?.post, paths['/log-marginal-likelihood']?.post];
    expect(old).toMatchObject({ deprecated: true });
    expect(renamed).not.toHaveProperty('deprecated');
    expect(old).toHaveProperty('requestBody', (renamed as { requestBody: object }).requestBody);
  });

  it('writes numbers with the digits that a float32 has, and means over rows as doubles', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const terms = { shape: [2] as const, data: Float32Array.of(0.7558714747428894, 0.1) };
    api.producer.answers.elbo = () => ({
      elbo: terms,
      log_likelihood: terms,
      kl_divergence: terms,
      standard_error: terms,
    });
    const payload = { model_id: id, data: ROWS };
    const { body } = await api.call({ method: 'POST', url: '/elbo', payload });
    expect(body).toContain('"elbo":[0.7558715,0.1]');
    expect(body).toContain(`"mean":{"elbo":${((terms.data[0] ?? 0) + (terms.data[1] ?? 0)) / 2},`);
  });

  it('leaves samples out where none are asked for', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: '/encode',
      payload: { model_id: id, data: ROWS },
    });
    expect(response.json()).not.toHaveProperty('samples');
  });

  it('hands packed rows, checkpoint, count and seed to the queue, with the timeout of the configuration', async () => {
    const api = await buildTestApi({ inferenceTimeoutMs: 1234 });
    const { id } = await addModel(api);
    const nested = ROWS.map(([a, b, c, d]) => [
      [a, b],
      [c, d],
    ]);
    const request = { model_id: id, data: nested, samples: 3, seed: 9, checkpoint: 12 };
    await api.call({ method: 'POST', url: '/encode', payload: request });
    const [call] = api.producer.inferences;
    if (!call) throw new Error('nothing was asked');
    const { timeoutMs, signal, ...order } = call;
    expect(signal).toBeInstanceOf(AbortSignal);
    const payload = { version: INFER_VERSION, timeLimitMs: timeoutMs, ...order } as const;
    expect(unpackPayload(packPayload(payload))).toEqual(payload);
    expect(call).toMatchObject({
      timeoutMs: 1234,
      modelId: id,
      operation: 'encode',
      checkpoint: 12,
      input: { rows: { shape: [2, 4], data: Float32Array.from(ROWS.flat()) }, draws: 3, seed: 9 },
    });
  });

  it('says in Server-Timing where the time went', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: '/encode',
      payload: { model_id: id, data: ROWS },
    });
    const header = String(response.headers['server-timing']);
    expect(header).toMatch(/^total;dur=[\d.]+, queue;dur=[\d.]+, compute;dur=0\.3$/);
  });

  it('takes any finite data for a gaussian with free mean', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api, { model: GAUSSIAN });
    const payload = { model_id: id, data: [[-5, 1e9, 0, 0]] };
    expect((await api.call({ method: 'POST', url: '/encode', payload })).statusCode).toBe(200);
  });

  const withData = ['/encode', '/reconstruct', '/elbo', '/log-marginal-likelihood'];
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ...withData.flatMap((url): [string, Record<string, unknown>, string, RegExp][] => [
      [
        url,
        {
          data: [
            [0, 0, 0, 0],
            [0, 0, 0],
          ],
        },
        '/data/1',
        /length 3; allowed: length 4/,
      ],
      [
        url,
        { data: [[0, 0, 0, 1.5]] },
        '/data/0/3',
        /found 1.5; allowed: a number in \[0, 1\] \(the likelihood is bernoulli\)/,
      ],
      [url, { data: [[0, 'x', 0, 0]] }, '/data/0/1', /found a string/],
      [url, { data: [] }, '/data', /fewer than 1 items; found an array of length 0/],
      [url, { data: 'AAAA' }, '/data', /must be array; found "AAAA"/],
      [url, {}, '/data', /required/],
      [
        url,
        { data: ROWS, latents: POINTS },
        '/latents',
        /unknown field; allowed: model_id, checkpoint, data/,
      ],
      [url, { data: ROWS, checkpoint: 'newest' }, '/checkpoint', /"latest", "best"; found "newest"/],
      [url, { data: ROWS, checkpoint: -1 }, '/checkpoint', /must/],
      [url, { data: ROWS, checkpoint: '12' }, '/checkpoint', /must/],
      [url, { data: ROWS, model_id: 5 }, '/model_id', /must be string; found 5/],
    ]),
    ['/decode', { latents: [[1, 2, 3]] }, '/latents/0', /length 3; allowed: length 2/],
    ['/decode', { latents: [[1, null]] }, '/latents/0/1', /found null/],
    ['/decode', { latents: [[1, 1e39]] }, '/latents/0/1', /found 1e\+39/],
    ['/decode', { latents: POINTS, seed: 1 }, '/seed', /unknown field/],
    ['/encode', { data: ROWS, samples: -1 }, '/samples', />= 0/],
    ['/encode', { data: ROWS, samples: 1001 }, '/samples', /<= 1000/],
    ['/encode', { data: ROWS, seed: 0.5 }, '/seed', /integer; found 0.5/],
    ['/elbo', { data: ROWS, samples: 0 }, '/samples', />= 1/],
    ['/elbo', { data: ROWS, samples: '5' }, '/samples', /integer; found "5"/],
    ['/log-marginal-likelihood', { data: ROWS, method: 'ais' }, '/method', /found "ais"/],
    ['/log-marginal-likelihood', { data: ROWS, leapfrog_steps: 4 }, '/leapfrog_steps', /unknown field/],
  ])('POST %s refuses %j', async (url, fields, pointer, detail) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({ method: 'POST', url, payload: { model_id: id, ...fields } });
    const problem = problemOf(response);
    expect(problem).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ pointer }, ...problem.errors.slice(1)],
    });
    expect(problem.errors[0]?.detail).toMatch(detail);
    expect(api.producer.inferences).toEqual([]);
  });

  it('refuses numbers that JSON can write but no float can hold', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api, { model: GAUSSIAN });
    const payload = `{"model_id":"${id}","data":[[0,1e999,0,0]]}`;
    const headers = { 'content-type': 'application/json' };
    const response = await api.call({ method: 'POST', url: '/encode', payload, headers });
    expect(problemOf(response)).toMatchObject({ status: 422, errors: [{ pointer: '/data/0/1' }] });
  });

  it.each([
    ['/encode', { data: ROWS }, 7],
    ['/encode', { data: ROWS, samples: 10 }, 47],
    ['/decode', { latents: POINTS }, 11],
    ['/reconstruct', { data: ROWS }, 7],
    ['/elbo', { data: ROWS, samples: 10 }, 19],
    ['/log-marginal-likelihood', { data: ROWS, samples: 10 }, 19],
  ])('POST %s refuses %j where only %d values are allowed', async (url, fields, maxInferenceValues) => {
    const refusing = await buildTestApi({ maxInferenceValues });
    const payload = { model_id: (await addModel(refusing)).id, ...fields };
    const response = await refusing.call({ method: 'POST', url, payload });
    expect(problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
    const taking = await buildTestApi({ maxInferenceValues: maxInferenceValues + 1 });
    const same = { ...payload, model_id: (await addModel(taking)).id };
    expect((await taking.call({ method: 'POST', url, payload: same })).statusCode).toBe(200);
  });

  it.each([
    [createId('model'), 404, 'model_not_found'],
    ['nope', 422, 'id_invalid'],
  ])('answers model %s with %d', async (model_id, status, code) => {
    const api = await buildTestApi();
    const response = await api.call({ method: 'POST', url: '/encode', payload: { model_id, data: ROWS } });
    expect(problemOf(response)).toMatchObject({ status, code });
  });

  it.each<[AppError, number, ErrorCode]>([
    [AppError.of('inference_timeout', { seconds: 30 }), 504, 'inference_timeout'],
    [AppError.of('model_not_ready', { id: 'model_x' }), 409, 'model_not_ready'],
    [AppError.of('checkpoint_not_found', { id: 'model_x', step: 3 }), 404, 'checkpoint_not_found'],
    [AppError.of('overloaded', { what: 'The inference queue' }), 429, 'overloaded'],
    [AppError.of('queue_unavailable', { detail: 'gone' }), 503, 'queue_unavailable'],
    [AppError.of('worker_process_died', { pid: 1, how: 'signal' }), 500, 'worker_process_died'],
  ])('passes on what the worker threw: %s', async (error, status, code) => {
    const api = await buildTestApi();
    api.producer.beforeAnswer = () => Promise.reject(error);
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: '/encode',
      payload: { model_id: id, data: ROWS },
    });
    expect(problemOf(response)).toMatchObject({ status, code });
    expect('retry-after' in response.headers).toBe(status === 429 || status === 503);
  });

  it('does not answer NaN as null', async () => {
    const api = await buildTestApi();
    api.producer.answers.decode = () => ({
      mean: { shape: [3, 4], data: new Float32Array(12).fill(NaN) },
    });
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: '/decode',
      payload: { model_id: id, latents: POINTS },
    });
    expect(problemOf(response)).toMatchObject({ status: 422, code: 'answer_not_finite' });
  });

  it('answers 500 where a worker answers something else than arrays of the operation', async () => {
    const api = await buildTestApi();
    api.producer.beforeAnswer = () => Promise.reject(new RangeError('the result of decode has no mean'));
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: '/decode',
      payload: { model_id: id, latents: POINTS },
    });
    expect(problemOf(response)).toMatchObject({ status: 500, code: 'internal' });
  });
});
