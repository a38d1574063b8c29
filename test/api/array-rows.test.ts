import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { addModel, buildTestApi, GAUSSIAN, problemOf, type TestApi } from '../support/api.ts';
import { datasetRecord } from '../support/fake-stores.ts';
import { modelSpec } from '../support/specifications.ts';

const ROWS = Float32Array.of(0, 0.25, 0.5, 1, 1, 1, 0, 0.125);
const toBase64 = (values: Float32Array | Uint8Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
const ALL = ['encode', 'reconstruct', 'elbo', 'log-marginal-likelihood', 'score', 'impute'] as const;

const post = (api: TestApi, url: string, payload: object) => api.call({ method: 'POST', url, payload });
const sendNpy = (api: TestApi, url: string, payload: Buffer, type = 'application/x-npy') =>
  api.call({ method: 'POST', url, payload, headers: { 'content-type': type } });

/** The rows that were handed to the queue. */
function takenRows(api: TestApi) {
  const { rows } = (api.producer.inferences.at(-1)?.input ?? {}) as {
    rows?: { shape: number[]; data: Float32Array };
  };
  return { shape: rows?.shape, data: [...(rows?.data ?? [])] };
}

const COLUMNS = ['size', 'price', 'weight'].map((name) => ({
  name,
  likelihood: { family: 'gaussian' },
  missing: name === 'weight',
}));
const tableModel = (api: TestApi, columns: readonly object[] = COLUMNS): Promise<ModelRecord> =>
  addModel(api, {
    data_size: columns.length,
    row_shape: [columns.length],
    model: modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns } }),
  });

describe('rows as base64', () => {
  it.each(ALL)('POST /%s takes float32, flat or nested', async (path) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    for (const shape of [
      [2, 4],
      [2, 2, 2],
    ]) {
      const fields = path.startsWith('log') ? { method: 'importance_sampling' } : {};
      const payload = { model_id: id, data_base64: toBase64(ROWS), shape, dtype: 'float32', ...fields };
      expect((await post(api, `/${path}`, payload)).statusCode).toBe(200);
      expect(takenRows(api)).toEqual({ shape: [2, 4], data: [...ROWS] });
    }
  });

  it('multiplies uint8 by the scale of the data set, which has to be there', async () => {
    const api = await buildTestApi();
    const dataset = datasetRecord();
    api.datasets.records.push(dataset);
    const { id } = await addModel(api, { dataset_id: dataset.id });
    const payload = {
      model_id: id,
      data_base64: toBase64(Uint8Array.of(0, 51, 255, 102)),
      shape: [1, 4],
      dtype: 'uint8',
    };
    expect((await post(api, '/encode', payload)).statusCode).toBe(200);
    expect(takenRows(api).data).toEqual([0, 0.2, 1, 0.4].map(Math.fround));
    await api.datasets.remove(dataset.id);
    const response = await post(api, '/encode', payload);
    expect(response.statusCode).toBe(422);
    expect(problemOf(response).errors).toEqual([
      { pointer: '/dtype', detail: expect.stringContaining('was deleted; allowed: float32') as string },
    ]);
  });

  it('POST /decode takes points as latents_base64', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const points = Float32Array.of(-1.5, 2, 0, 1e30);
    const payload = { model_id: id, latents_base64: toBase64(points), shape: [2, 2] };
    const response = await post(api, '/decode', payload);
    expect(response.json()).toMatchObject({
      mean: [
        [0.5, 0.5, 0.5, 0.5],
        [0.5, 0.5, 0.5, 0.5],
      ],
    });
    expect(takenRows(api)).toEqual({ shape: [2, 2], data: [...points] });
    const bytes = await post(api, '/decode', { ...payload, dtype: 'uint8' });
    expect(problemOf(bytes).errors[0]).toMatchObject({ pointer: '/dtype' });
  });

  const text = toBase64(ROWS);
  it.each<[string, object, string, string]>([
    ['truncated', { data_base64: text.slice(0, 20) }, '/data_base64', 'found 20 characters; allowed: 44'],
    ['one character short', { data_base64: text.slice(0, -1) }, '/data_base64', 'found 43 characters'],
    ['with other characters', { data_base64: `!!!!${text.slice(4)}` }, '/data_base64', 'no base64'],
    ['without a shape', { shape: undefined }, '/shape', 'required beside data_base64'],
    ['of other rows', { shape: [4, 2] }, '/shape', 'found shape [4, 2]; allowed: [rows, 4] or [rows, 2, 2]'],
    ['of another type', { dtype: 'uint8' }, '/data_base64', 'allowed: 12 characters of base64 for 8 bytes'],
    ['of an unknown type', { dtype: 'float16' }, '/dtype', 'must be one of "float32", "uint8"'],
    ['beside data', { data: [[0, 0, 0, 0]] }, '/data', 'found data and data_base64; allowed: one of'],
    ['with a row of no length', { shape: [2, 0] }, '/shape/1', 'must be >= 1'],
    ['with a shape but no array', { data_base64: undefined, data: [[0, 0, 0, 0]] }, '/shape', 'only beside'],
  ])('is refused %s', async (_name, fields, pointer, detail) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const payload = { model_id: id, data_base64: text, shape: [2, 4], ...fields };
    const response = await post(api, '/encode', payload);
    expect(response.statusCode).toBe(422);
    expect(problemOf(response).errors).toEqual([
      { pointer, detail: expect.stringContaining(detail) as string },
    ]);
    expect(api.producer.inferences).toEqual([]);
  });

  it('is refused beyond the limit of values', async () => {
    const api = await buildTestApi({ maxInferenceValues: 7 });
    const { id } = await addModel(api);
    const response = await post(api, '/encode', { model_id: id, data_base64: text, shape: [2, 4] });
    expect(response.statusCode).toBe(413);
    expect(problemOf(response).detail).toContain('The array (8) is larger than the limit of 7 values');
  });

  it.each([
    [NaN, 'row 1, value 2 (both counted from 0): found NaN; allowed: '],
    [Infinity, 'found a number that is not finite; allowed: '],
    [1.1, 'found 1.1; allowed: '],
  ])('is refused with %d, which the likelihood does not allow', async (value, detail) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const values = Float32Array.from(ROWS);
    values[6] = value;
    const payload = { model_id: id, data_base64: toBase64(values), shape: [2, 4] };
    const problem = problemOf(await post(api, '/encode', payload));
    expect(problem.errors[0]).toMatchObject({ pointer: '/data_base64' });
    expect(problem.errors[0]?.detail).toContain(detail);
  });

  it('has NaN for missing values where the likelihood allows them', async () => {
    const api = await buildTestApi();
    const likelihood = { family: 'bernoulli', missing: true };
    const { id } = await addModel(api, { model: modelSpec({ latent_size: 2, likelihood }) });
    const data_base64 = toBase64(Float32Array.of(0, NaN, 1, 1));
    expect((await post(api, '/encode', { model_id: id, data_base64, shape: [1, 4] })).statusCode).toBe(200);
    expect(takenRows(api).data).toEqual([0, NaN, 1, 1]);
  });
});

describe('rows as an NPY file', () => {
  it.each(ALL)('POST /%s takes one as the body, and its fields in the query', async (path) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const url = `/${path}?model_id=${id}&checkpoint=12`;
    expect((await sendNpy(api, url, encodeNpy([2, 2, 2], ROWS))).statusCode).toBe(200);
    expect(takenRows(api)).toEqual({ shape: [2, 4], data: [...ROWS] });
    expect(api.producer.inferences[0]).toMatchObject({ modelId: id, checkpoint: 12 });
  });

  it('converts and checks the fields in the query as those of a body', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const file = encodeNpy([2, 4], ROWS);
    await sendNpy(
      api,
      `/elbo?model_id=${id}&samples=3&seed=7&by_column=true`,
      file,
      'application/octet-stream',
    );
    expect(api.producer.inferences[0]?.input).toMatchObject({ draws: 3, seed: 7, byColumn: true });
    await sendNpy(
      api,
      `/log-marginal-likelihood?model_id=${id}&method=posterior_density&leapfrog_steps=4`,
      file,
    );
    expect(api.producer.inferences[1]?.input).toMatchObject({
      marginal: { method: 'posterior_density', leapfrog_steps: 4, samples: 50 },
    });
    for (const [query, pointer] of [
      ['', 'model_id'],
      [`model_id=${id}&samples=0`, 'samples'],
      [`model_id=${id}&sample=1`, 'sample'],
      [`model_id=${id}&data=1`, 'data'],
    ] as const) {
      const response = await sendNpy(api, `/elbo?${query}`, file);
      expect(response.statusCode).toBe(422);
      expect(problemOf(response)).toMatchObject({ detail: 'The query is not valid.', errors: [{ pointer }] });
    }
  });

  it('POST /decode takes points', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const points = Float32Array.of(-1.5, 2);
    expect((await sendNpy(api, `/decode?model_id=${id}`, encodeNpy([1, 2], points))).statusCode).toBe(200);
    expect(takenRows(api)).toEqual({ shape: [1, 2], data: [...points] });
    const wrong = await sendNpy(api, `/decode?model_id=${id}`, encodeNpy([1, 3], new Float32Array(3)));
    expect(problemOf(wrong).errors).toEqual([
      { pointer: '', detail: 'found shape [1, 3]; allowed: [rows, 2]' },
    ]);
  });

  it.each([
    [
      '<f8',
      (view: DataView, i: number) => {
        view.setFloat64(8 * i, 0.1, true);
      },
      8,
      Math.fround(0.1),
    ],
    [
      '>f4',
      (view: DataView, i: number) => {
        view.setFloat32(4 * i, 0.1, false);
      },
      4,
      Math.fround(0.1),
    ],
    [
      '<i8',
      (view: DataView, i: number) => {
        view.setBigInt64(8 * i, 1n, true);
      },
      8,
      1,
    ],
    [
      '|u1',
      (view: DataView, i: number) => {
        view.setUint8(i, 51);
      },
      1,
      Math.fround(51 / 255),
    ],
  ] as const)('reads %s', async (descr, write, size, expected) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const values = new DataView(new ArrayBuffer(4 * size));
    for (let i = 0; i < 4; i++) write(values, i);
    const head = encodeNpy([1, 4], new Float32Array(4)).subarray(0, -16).toString('latin1');
    const file = Buffer.concat([
      Buffer.from(head.replace('<f4', descr), 'latin1'),
      new Uint8Array(values.buffer),
    ]);
    expect((await sendNpy(api, `/encode?model_id=${id}`, file)).statusCode).toBe(200);
    expect(takenRows(api).data).toEqual([expected, expected, expected, expected]);
  });

  const whole = encodeNpy([2, 4], ROWS);
  it.each<[string, Buffer, string]>([
    ['truncated', whole.subarray(0, -3), 'bytes in all; allowed: 160'],
    ['with more than its header says', Buffer.concat([whole, Buffer.from('x')]), 'allowed: 160'],
    ['that is something else', Buffer.from('a,b\n1,2\n'), 'allowed: the NPY magic'],
    ['of one axis', encodeNpy([8], ROWS), 'found 1 axes; allowed: 2 to 8'],
  ])('is refused %s', async (_name, file, detail) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await sendNpy(api, `/encode?model_id=${id}`, file);
    expect(response.statusCode).toBe(422);
    expect(problemOf(response)).toMatchObject({ code: 'data_invalid' });
    expect(problemOf(response).detail).toContain(detail);
  });

  it('is refused if it is too large, without reading it to its end', async () => {
    const api = await buildTestApi({ maxBodyBytes: 1024, maxInferenceValues: 100 });
    const { id } = await addModel(api);
    for (const values of [104, 4000]) {
      const file = encodeNpy([values / 4, 4], new Float32Array(values));
      const response = await sendNpy(api, `/encode?model_id=${id}`, file);
      expect(response.statusCode).toBe(413);
    }
  });

  it('is refused where rows have no place, and JSON is refused with fields in the query', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await sendNpy(api, `/interpolate?model_id=${id}`, whole);
    expect(response.statusCode).toBe(415);
    expect(problemOf(response).detail).toContain('allowed: application/json');
    const other = await sendNpy(api, `/encode?model_id=${id}`, whole, 'text/csv');
    expect(problemOf(other).detail).toContain('allowed: application/json, application/x-npy');
    const json = await post(api, '/encode?samples=9', { model_id: id, data: [[0, 0, 0, 0]] });
    expect(problemOf(json)).toMatchObject({ status: 422, errors: [{ pointer: 'samples' }] });
  });
});

describe('arrays for tables', () => {
  it('are rows of cells if no column holds words, and NaN is a missing one', async () => {
    const api = await buildTestApi();
    const { id } = await tableModel(api);
    const file = encodeNpy([2, 3], Float32Array.of(1, 0.1, NaN, 2, 3, 4));
    const response = await sendNpy(api, `/encode?model_id=${id}`, file);
    expect(response.statusCode).toBe(200);
    expect(takenRows(api).data).toEqual([1, Math.fround(0.1), NaN, 2, 3, 4]);
    const bad = await sendNpy(
      api,
      `/encode?model_id=${id}`,
      encodeNpy([2, 3], Float32Array.of(NaN, 1, 1, 2, 3, 4)),
    );
    expect(bad.json()).toMatchObject({ mean: [null, [0.5, 0.5]], errors: [{ row: 0, column: 'size' }] });
  });

  it('are refused with another number of columns, or if a column holds words', async () => {
    const api = await buildTestApi();
    const { id } = await tableModel(api);
    const wide = await sendNpy(api, `/encode?model_id=${id}`, encodeNpy([1, 4], new Float32Array(4)));
    expect(problemOf(wide).errors).toEqual([
      { pointer: '', detail: 'found shape [1, 4]; allowed: [rows, 3]' },
    ]);
    const city = {
      name: 'city',
      likelihood: { family: 'categorical', categories: 2 },
      labels: ['Oslo', 'Bergen'],
    };
    const words = await tableModel(api, [...COLUMNS, city]);
    const data_base64 = toBase64(new Float32Array(4));
    const response = await post(api, '/score', { model_id: words.id, data_base64, shape: [1, 4] });
    expect(response.statusCode).toBe(422);
    expect(problemOf(response).errors).toEqual([
      {
        pointer: '/data_base64',
        detail: expect.stringContaining('words or dates (city); allowed: rows of cells in `data`') as string,
      },
    ]);
  });
});

describe('rows of the data set', () => {
  async function withStoredRows(fields: Partial<ModelRecord> = {}) {
    const api = await buildTestApi();
    const record = datasetRecord({ id: 'mnist', rows: 10 });
    let closed = 0;
    api.datasets.openRows = async () => ({
      record,
      readRows: async (indices, out) => {
        Array.from(indices).forEach((row, i) => out.fill(row, 4 * i, 4 * i + 4));
      },
      close: async () => {
        closed++;
      },
    });
    return { api, ...(await addModel(api, { model: GAUSSIAN, ...fields })), countClosed: () => closed };
  }

  it.each(ALL.filter((path) => path !== 'reconstruct'))('POST /%s takes their numbers', async (path) => {
    const { api, id, countClosed } = await withStoredRows();
    const method = path.startsWith('log') ? { method: 'importance_sampling' } : {};
    const response = await post(api, `/${path}`, { model_id: id, rows: [3, 0], ...method });
    expect(response.statusCode).toBe(200);
    expect(takenRows(api).data).toEqual([3, 3, 3, 3, 0, 0, 0, 0].map((value) => Math.fround(value / 255)));
    expect(countClosed()).toBe(1);
  });

  it('are refused if there is no such row', async () => {
    const { api, id, countClosed } = await withStoredRows();
    const response = await post(api, '/encode', { model_id: id, rows: [3, 10] });
    expect(problemOf(response)).toMatchObject({
      status: 422,
      errors: [{ pointer: '/rows/1', detail: 'found 10; allowed: 0 to 9' }],
    });
    expect(countClosed()).toBe(1);
  });

  it('become cells where a request fixes or hides values of them', async () => {
    const { api, id } = await withStoredRows();
    const table = await tableModel(api, [
      ...COLUMNS,
      { name: 'age', likelihood: { family: 'gaussian' }, missing: true },
    ]);
    const matrix = { shape: [1, 4] as const, data: new Float32Array(4) };
    const cube = { shape: [1, 4, 1] as const, data: new Float32Array(4).fill(NaN) };
    api.producer.answers.impute = () => ({
      effective_sample_size: { shape: [1], data: new Float32Array(1) },
      low: matrix,
      median: matrix,
      high: matrix,
      codes: cube,
      code_probabilities: cube,
    });
    const payload = { model_id: table.id, rows: [0], given: { size: 7 }, hidden: ['age'] };
    expect((await post(api, '/impute', payload)).statusCode).toBe(200);
    expect(takenRows(api).data).toEqual([7, 0, 0, NaN]);
    const array = await post(api, '/impute', { ...payload, model_id: id });
    expect(problemOf(array)).toMatchObject({ status: 422, errors: [{ pointer: '/given' }] });
  });
});
