import { describe, expect, it } from 'vitest';
import type { ModelRecord } from '../../src/store/models.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';

const data = [
  [0, 0.25, 0.5, 1],
  [1, 1, 0, 0],
];
const NPY = 'application/x-npy';

const post = (api: TestApi, url: string, payload: object, accept: string) =>
  api.call({ method: 'POST', url, payload, headers: { accept } });
const readNpy = (bytes: Buffer) => {
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString('latin1');
  expect(header).toContain("'descr': '<f4'");
  const [, axes = ''] = /'shape': \(([^)]*)\)/.exec(header) ?? [];
  const shape = axes
    .split(',')
    .filter((axis) => axis.trim() !== '')
    .map(Number);
  const values = Uint8Array.from(bytes.subarray(start));
  return { shape, data: [...new Float32Array(values.buffer)] };
};
const column = (name: string, fields = {}) => ({ name, likelihood: { family: 'gaussian' }, ...fields });
const tableModel = (api: TestApi, columns: readonly object[]): Promise<ModelRecord> =>
  addModel(api, {
    data_size: columns.length,
    row_shape: [columns.length],
    model: modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns } }),
  });
const WORDS = [
  column('a'),
  column('b'),
  column('c'),
  { name: 'city', likelihood: { family: 'categorical', categories: 2 }, labels: ['Oslo', 'Bergen'] },
];

describe('answers as files', () => {
  it.each([
    ['/encode', { data }, [2, 2]],
    ['/decode', { latents: [[0, 1]] }, [1, 2, 2]],
    ['/reconstruct', { data }, [2, 2, 2]],
    ['/elbo', { data }, [2]],
    ['/log-marginal-likelihood', { data }, [2]],
    ['/score', { data }, [2]],
    ['/impute', { data }, [2, 2, 2]],
  ])('POST %s answers NPY, and names model and step in headers', async (url, fields, shape) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await post(api, url, { model_id: id, ...fields }, NPY);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': NPY,
      'x-aevb-model': id,
      'x-aevb-step': '7',
      vary: 'accept',
    });
    const size = shape.reduce((product, axis) => product * axis, 1);
    const found = readNpy(response.rawPayload);
    expect(found.shape).toEqual(shape);
    if (url !== '/impute') expect(found.data).toEqual(new Array(size).fill(0.5));
  });

  it.each([
    ['/encode', { data }, 'mean_1,mean_2,standard_deviation_1,standard_deviation_2', '0.5,0.5,0.5,0.5'],
    ['/decode', { latents: [[0, 1]] }, 'column_1,column_2,column_3,column_4', '0.5,0.5,0.5,0.5'],
    ['/reconstruct', { data }, 'column_1,column_2,column_3,column_4', '0.5,0.5,0.5,0.5'],
    ['/elbo', { data }, 'elbo,log_likelihood,kl_divergence', '0.5,0.5,0.5'],
    ['/elbo', { data, samples: 2 }, 'elbo,log_likelihood,kl_divergence,standard_error', '0.5,0.5,0.5,0.5'],
    [
      '/log-marginal-likelihood',
      { data },
      'log_marginal_likelihood,standard_error,effective_sample_size',
      '0.5,0.5,0.5',
    ],
    [
      '/score',
      { data },
      'score,standard_error,percentile,p_value,flag',
      '0.5,0.5,95.95959595959596,0.05,false',
    ],
    ['/impute', { data }, 'column_1,column_2,column_3,column_4', '0,0.25,0.5,1'],
  ])('POST %s answers CSV', async (url, fields, head, first) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await post(api, url, { model_id: id, ...fields }, 'text/csv');
    expect(response.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', 'x-aevb-step': '7' });
    expect(response.body.split(/\r?\n/).slice(0, 2)).toEqual([head, first]);
  });

  it('GET /samples answers NPY', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({ url: `/samples?model_id=${id}&count=3&format=npy` });
    expect(readNpy(response.rawPayload).shape).toEqual([3, 2, 2]);
  });

  it('a field of the request decides before the Accept header', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await post(api, '/score', { model_id: id, data, format: 'csv' }, NPY);
    expect(response.headers['content-type']).toContain('text/csv');
  });

  it('other types are refused with what there is', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await post(api, '/encode', { model_id: id, data }, 'image/png');
    expect(response.statusCode).toBe(406);
    expect(problemOf(response).detail).toContain('available: application/json, application/x-npy, text/csv');
    expect(api.producer.inferences).toEqual([]);
  });

  it('rows that cannot be understood are NaN or empty cells, and are counted', async () => {
    const api = await buildTestApi();
    const { id } = await tableModel(
      api,
      ['a', 'b', 'c', 'd'].map((name) => column(name)),
    );
    const payload = {
      model_id: id,
      data: [
        [1, 2, 3, 4],
        ['?!', 2, 3, 4],
      ],
    };
    const array = await post(api, '/reconstruct', payload, NPY);
    expect(array.headers['x-aevb-row-errors']).toBe('1');
    expect(readNpy(array.rawPayload)).toEqual({
      shape: [2, 4],
      data: [0.5, 0.5, 0.5, 0.5, NaN, NaN, NaN, NaN],
    });
    const vector = await post(api, '/elbo', payload, NPY);
    expect(readNpy(vector.rawPayload)).toEqual({ shape: [2], data: [0.5, NaN] });
    const table = await post(api, '/encode', payload, 'text/csv');
    expect(table.body.trimEnd().split(/\r?\n/).at(-1)).toBe(',,,');
  });

  it('rows with words are no array, but are CSV', async () => {
    const api = await buildTestApi();
    const { id } = await tableModel(api, WORDS);
    const payload = { model_id: id, latents: [[0, 1]] };
    const response = await post(api, '/decode', payload, NPY);
    expect(response.statusCode).toBe(406);
    expect(problemOf(response).detail).toBe(
      'Columns of words or dates (city) cannot be written as npy; available: json, csv.',
    );
    const csv = await post(api, '/decode', payload, 'text/csv');
    expect(csv.body).toMatch(/^a,b,c,city\r?\n0\.5,0\.5,0\.5,(?:Oslo|Bergen)\r?\n$/);
    const codes = await post(api, '/encode', { model_id: id, data: [[1, 2, 3, 'Oslo']] }, NPY);
    expect(readNpy(codes.rawPayload).shape).toEqual([1, 2]);
  });
});
