import { describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import { JOB_STATES } from '../../src/queue/jobs.ts';
import { addModel, buildTestApi, GAUSSIAN, problemOf, type TestApi } from '../support/api.ts';
import { datasetRecord } from '../support/fake-stores.ts';

function addDataset(api: TestApi): string {
  const record = datasetRecord();
  api.datasets.records.push(record);
  return record.id;
}

const remove = (api: TestApi, id: string) => api.call({ method: 'DELETE', url: `/datasets/${id}` });

async function order(api: TestApi, payload: object): Promise<string> {
  const answer = await api.call({ method: 'POST', url: '/jobs', payload });
  expect(answer.statusCode).toBe(202);
  return answer.json<{ id: string }>().id;
}

describe('DELETE /datasets/:id', () => {
  it.each(JOB_STATES)('waits for trainings: %s', async (state) => {
    const api = await buildTestApi();
    const id = addDataset(api);
    const model = { likelihood: { family: 'gaussian' } };
    const job = await order(api, { dataset_id: id, model });
    api.producer.change(job, { state });
    const response = await remove(api, id);
    if (['queued', 'running'].includes(state)) {
      const problem = problemOf(response);
      expect(problem).toMatchObject({ status: 409, code: 'dataset_in_use' });
      expect(problem.detail).toContain(job);
    } else {
      expect([response.statusCode, response.body]).toEqual([204, '']);
      expect(problemOf(await remove(api, id))).toMatchObject({ status: 404, code: 'dataset_not_found' });
    }
  });

  it('waits for evaluations on it, and of models that were trained on it', async () => {
    const api = await buildTestApi();
    const [trained, evaluated, other] = [addDataset(api), addDataset(api), addDataset(api)];
    const { id: model_id } = await addModel(api, { dataset_id: trained });
    await api.models.saveCheckpoint(model_id, {
      step: 7,
      epoch: 1,
      seed: 0,
      validationElbo: null,
      parameters: {},
      optimizer: {},
    });
    const job = await order(api, { type: 'evaluate', model_id, dataset_id: evaluated, rows: 'all' });
    expect(problemOf(await remove(api, evaluated))).toMatchObject({ code: 'dataset_in_use' });
    expect(problemOf(await remove(api, trained)).detail).toBe(
      `Data set ${trained} is in use by job ${job}, whose model was trained on it. Wait for the job to end, or cancel it (POST /jobs/${job}/cancel).`,
    );
    expect((await remove(api, other)).statusCode).toBe(204);
    await api.models.remove(model_id);
    expect((await remove(api, trained)).statusCode).toBe(204);
  });

  it('looks at every job, page by page', async () => {
    const api = await buildTestApi();
    const [busy, idle] = [addDataset(api), addDataset(api)];
    const model = { likelihood: { family: 'gaussian' } };
    await order(api, { dataset_id: busy, model });
    for (let i = 0; i < 120; i++) await order(api, { dataset_id: idle, model });
    expect(problemOf(await remove(api, busy))).toMatchObject({ code: 'dataset_in_use' });
  });

  it('keeps what is built in, and knows what is not there', async () => {
    const api = await buildTestApi();
    await order(api, { dataset_id: 'mnist' });
    expect(problemOf(await remove(api, 'mnist'))).toMatchObject({ status: 409, code: 'dataset_built_in' });
    expect(problemOf(await remove(api, createId('ds')))).toMatchObject({ status: 404 });
    expect(problemOf(await remove(api, 'nope'))).toMatchObject({ status: 404, code: 'id_invalid' });
  });

  it('leaves models that were trained on it, with their pictures', async () => {
    const api = await buildTestApi();
    const id = addDataset(api);
    const { id: model } = await addModel(api, { dataset_id: id, model: GAUSSIAN });
    expect((await remove(api, id)).statusCode).toBe(204);
    const picture = await api.call({ url: `/samples?model_id=${model}&format=png` });
    expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/png']);
    const evaluation = await api.call({
      method: 'POST',
      url: '/jobs',
      payload: { type: 'evaluate', model_id: model },
    });
    expect(problemOf(evaluation)).toMatchObject({ status: 404, code: 'dataset_not_found' });
  });
});
