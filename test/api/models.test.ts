import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import { JOB_STATES } from '../../src/queue/jobs.ts';
import { metricsLine } from '../store/model-fixtures.ts';
import { addModel, buildTestApi, problemOf } from '../support/api.ts';

const TRAIN = { method: 'POST' as const, url: '/jobs', payload: { dataset_id: 'mnist' } };

describe('models', () => {
  it('are listed by page', async () => {
    const api = await buildTestApi();
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await addModel(api)).id);
    const first = (await api.call({ url: '/models?limit=2' })).json<{
      data: { id: string }[];
      has_more: boolean;
    }>();
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const rest = (await api.call({ url: `/models?after=${ids[1] ?? ''}` })).json<typeof first>();
    expect([rest.data.map(({ id }) => id), rest.has_more]).toEqual([ids.slice(2), false]);
  });

  it('are shown with checkpoints, latest and best bound and the state of their job', async () => {
    const api = await buildTestApi();
    const { model_id: id } = (await api.call(TRAIN)).json<{ model_id: string }>();
    const bare = await api.call({ url: `/models/${id}` });
    expect(bare.json()).toMatchObject({
      checkpoints: [],
      latest_validation_elbo: null,
      best_validation_elbo: null,
      job_state: 'queued',
    });
    for (const [step, validationElbo] of [
      [10, -120],
      [20, -100],
      [30, -105],
    ] as const) {
      await api.models.saveCheckpoint(id, {
        step,
        epoch: step / 10,
        seed: 0,
        validationElbo,
        parameters: {},
        optimizer: {},
      });
    }
    const model = (await api.call({ url: `/models/${id}` })).json<{ checkpoints: { step: number }[] }>();
    expect(model).toMatchObject({ id, latest_validation_elbo: -105, best_validation_elbo: -100 });
    expect(model.checkpoints.map(({ step }) => step)).toEqual([10, 20, 30]);
  });

  it('answer from their default checkpoint if a request names none', async () => {
    const api = await buildTestApi();
    const post = (url: string, payload: object) => api.call({ method: 'POST', url, payload });
    const order = async (fields: object) =>
      (await post('/jobs', { dataset_id: 'mnist', ...fields })).json<{ model_id: string }>().model_id;
    const [usual, best] = [await order({}), await order({ default_checkpoint: 'best' })];
    for (const id of [usual, best]) await api.call({ url: `/samples?model_id=${id}` });
    await api.call({ url: `/samples?model_id=${best}&checkpoint=latest` });
    expect(api.producer.inferences.map(({ checkpoint }) => checkpoint)).toEqual(['latest', 'best', 'latest']);
    expect((await api.call({ url: `/models/${best}` })).json()).toMatchObject({ default_checkpoint: 'best' });
  });

  it.each([
    { above: true, warnings: [] },
    { above: false, warnings: ['It has learned nothing.'] },
  ])(
    'warn wherever they are used if they are not above their floor: $warnings',
    async ({ above, warnings }) => {
      const api = await buildTestApi();
      const { id } = await addModel(api);
      const number = { mean: -1, standard_error: 0.1 };
      await api.models.setComparison(id, {
        step: 1,
        rows: 20,
        bound: number,
        independent: number,
        probabilistic_pca: null,
        gain: number,
        above_floor: above,
        summary: 'It has learned nothing.',
      });
      expect((await api.call({ url: `/models/${id}` })).json()).toMatchObject({ warnings });
      const payload = { model_id: id, data: [[0, 0, 0, 0]] };
      const asked: InjectOptions[] = ['/elbo', '/encode', '/log-marginal-likelihood', '/reconstruct'].map(
        (url) => ({ method: 'POST', url, payload }),
      );
      for (const request of [...asked, { url: `/samples?model_id=${id}` }]) {
        const { warnings: found = [] } = (await api.call(request)).json<{ warnings?: string[] }>();
        expect(found).toEqual(warnings);
      }
    },
  );

  it('say nothing of a job that the queue no longer knows', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    expect((await api.call({ url: `/models/${id}` })).json()).toMatchObject({ job_state: null });
  });

  it('give their metrics', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const line = {
      step: 1,
      epoch: 0,
      time: '2026-01-01T00:00:00.000Z',
      train_elbo: -300,
      validation_elbo: null,
      validation_log_likelihood: null,
      validation_kl_divergence: null,
      test_elbo: null,
      test_log_likelihood: null,
      test_kl_divergence: null,
      rows_per_second: 5,
    };
    await api.models.appendMetrics(id, line);
    const answer = await api.call({ url: `/models/${id}/metrics` });
    expect(answer.json()).toEqual({ data: [line], has_more: false });
    expect(answer.headers).toMatchObject({ vary: 'accept' });
    expect(answer.headers['link']).toBeUndefined();
  });

  it('give their metrics by page, thinned out, as JSON or CSV', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    for (let epoch = 1; epoch <= 7; epoch++)
      await api.models.appendMetrics(id, metricsLine(10 * epoch, { epoch }));
    const stepsOf = async (query: string) => {
      const answer = await api.call({ url: `/models/${id}/metrics${query}` });
      const { data, has_more: more } = answer.json<{ data: { step: number }[]; has_more: boolean }>();
      return { steps: data.map(({ step }) => step), more, link: answer.headers['link'] };
    };
    expect(await stepsOf('?limit=2')).toEqual({
      steps: [10, 20],
      more: true,
      link: '<?limit=2&every=1&after=20>; rel="next"',
    });
    expect(await stepsOf('?limit=2&every=1&after=60')).toMatchObject({ steps: [70], more: false });
    expect(await stepsOf('?every=3')).toMatchObject({ steps: [30, 60, 70], more: false });

    const url = `/models/${id}/metrics?limit=2`;
    const csv = await api.call({ url, headers: { accept: 'text/csv' } });
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      vary: 'accept',
      link: '<?limit=2&every=1&after=20>; rel="next"',
    });
    expect(csv.body.split('\n')).toEqual([
      'step,epoch,time,train_elbo,validation_elbo,validation_log_likelihood,validation_kl_divergence,test_elbo,test_log_likelihood,test_kl_divergence,rows_per_second',
      '10,1,2026-01-02T03:04:05.678Z,-100.5,,,,,,,1000',
      '20,2,2026-01-02T03:04:05.678Z,-100.5,,,,,,,1000',
      '',
    ]);
    expect((await api.call({ url: `${url}&format=csv` })).body).toBe(csv.body);
    expect(
      (await api.call({ url: `${url}&format=json`, headers: { accept: 'text/csv' } })).json(),
    ).toBeTruthy();
    const neither = await api.call({ url, headers: { accept: 'image/png' } });
    expect(problemOf(neither)).toMatchObject({ status: 406 });
  });

  it.each(['limit=0', 'limit=10001', 'every=0', 'after=-1', 'format=xml'])(
    'refuse metrics?%s',
    async (query) => {
      const api = await buildTestApi();
      const { id } = await addModel(api);
      const problem = problemOf(await api.call({ url: `/models/${id}/metrics?${query}` }));
      expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, query.split('=')[0]]);
    },
  );

  it.each(JOB_STATES)('are deleted unless their job may still write: %s', async (state) => {
    const api = await buildTestApi();
    const { id: job, model_id: id } = (await api.call(TRAIN)).json<{ id: string; model_id: string }>();
    api.producer.change(job, { state });
    const response = await api.call({ method: 'DELETE', url: `/models/${id}` });
    if (['queued', 'running'].includes(state)) {
      expect(problemOf(response)).toMatchObject({ status: 409, code: 'model_in_use' });
      expect(api.models.records).toHaveLength(1);
    } else {
      expect([response.statusCode, response.body]).toEqual([204, '']);
      expect(api.models.records).toEqual([]);
    }
  });

  it('are deleted although their model.json is damaged', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const healthy = api.models.get.bind(api.models);
    api.models.get = async () => {
      throw AppError.of('blob_corrupt', { key: 'models/x/model.json', detail: 'it is no JSON' });
    };
    api.models.remove = async (removed) => {
      api.models.records.splice(api.models.records.indexOf(await healthy(removed)), 1);
    };
    expect((await api.call({ method: 'DELETE', url: `/models/${id}` })).statusCode).toBe(204);
    expect(api.models.records).toEqual([]);
  });

  it.each([
    ['GET', ''],
    ['GET', '/metrics'],
    ['DELETE', ''],
  ] as const)('%s of one that is not there is 404 (%s)', async (method, suffix) => {
    const api = await buildTestApi();
    const lost = await api.call({ method, url: `/models/${createId('model')}${suffix}` });
    expect(problemOf(lost)).toMatchObject({ status: 404, code: 'model_not_found' });
    const malformed = await api.call({ method, url: `/models/nope${suffix}` });
    expect(problemOf(malformed)).toMatchObject({ status: 404, code: 'id_invalid' });
  });

  it.each(['limit=0', 'after=%2e%2e%2f', 'state=running'])('refuse ?%s', async (query) => {
    const api = await buildTestApi();
    const problem = problemOf(await api.call({ url: `/models?${query}` }));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, query.split('=')[0]]);
  });
});
