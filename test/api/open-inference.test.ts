import { gzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { ModelRecord } from '../../src/store/models.ts';
import { addModel, buildTestApi, type TestApi } from '../support/api.ts';
import { modelSpec, trainingSpec } from '../support/specifications.ts';

const ROWS = [0, 0.25, 0.5, 1, 1, 1, 0, 0.125];
const data = { name: 'data', datatype: 'FP32', shape: [2, 4], data: ROWS };
const latents = { name: 'latents', datatype: 'FP32', shape: [1, 2], data: [-1.5, 2] };
const LENGTH = 'inference-header-content-length';

const infer = (api: TestApi, id: string, payload: object, version = '') =>
  api.call({ method: 'POST', url: `/v2/models/${id}${version}/infer`, payload });

/** JSON, then the bytes of tensors; as Triton's client sends it, without a content type. */
function sendBinary(api: TestApi, id: string, json: string, bytes: Uint8Array, length?: number | string) {
  const headers = { [LENGTH]: String(length ?? Buffer.byteLength(json)) };
  const payload = Buffer.concat([Buffer.from(json), bytes]);
  return api.call({ method: 'POST', url: `/v2/models/${id}/infer`, payload, headers });
}
const toBytes = (values: Float32Array | Float64Array | Uint8Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const FLOATS = toBytes(Float32Array.from(ROWS));

function errorOf(response: LightMyRequestResponse): string {
  expect(response.headers['content-type']).toMatch(/^application\/json/);
  const body = response.json<{ error: string }>();
  expect(Object.keys(body)).toEqual(['error']);
  return body.error;
}

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
const checkpoint = (step: number) => ({
  step,
  epoch: 1,
  seed: 0,
  validationElbo: null,
  parameters: {},
  optimizer: {},
});

describe('the server', () => {
  it('says what it is, and that it is alive and ready', async () => {
    const api = await buildTestApi();
    const server = await api.call({ url: '/v2' });
    expect(server.json()).toEqual({
      name: 'aevb',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      extensions: ['binary_tensor_data', 'model_configuration'],
    });
    expect((await api.call({ url: '/v2/health/live' })).json()).toEqual({ live: true });
    expect((await api.call({ url: '/v2/health/ready' })).json()).toEqual({ ready: true });
    api.producer.failure = new Error('gone');
    expect((await api.call({ url: '/v2/health/live' })).statusCode).toBe(200);
    const down = await api.call({ url: '/v2/health/ready' });
    expect([down.statusCode, errorOf(down)]).toEqual([503, expect.stringContaining('queue')]);
  });

  it('has errors of the protocol for everything under /v2, and problems elsewhere', async () => {
    const api = await buildTestApi();
    const unknown = await api.app.inject({ method: 'POST', url: '/v2/repository/index' });
    expect([unknown.statusCode, errorOf(unknown)]).toEqual([
      404,
      'There is no route POST /v2/repository/index.',
    ]);
    const method = await api.app.inject({ method: 'DELETE', url: '/v2/health/live' });
    expect([method.statusCode, method.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect(errorOf(method)).toContain('DELETE is not allowed here');
    const other = await api.app.inject({ url: '/v3/health' });
    expect(other.headers['content-type']).toBe('application/problem+json');
  });
});

describe('a model', () => {
  it('lists its versions and tensors', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    for (const step of [3, 7]) await api.models.saveCheckpoint(id, checkpoint(step));
    const expected = {
      name: id,
      versions: ['3', '7'],
      platform: 'aevb',
      inputs: [
        { name: 'data', datatype: 'FP32', shape: [-1, 2, 2] },
        { name: 'latents', datatype: 'FP32', shape: [-1, 2] },
      ],
      outputs: [
        { name: 'mean', datatype: 'FP32', shape: [-1, 2] },
        { name: 'standard_deviation', datatype: 'FP32', shape: [-1, 2] },
        { name: 'reconstruction', datatype: 'FP32', shape: [-1, 2, 2] },
        { name: 'score', datatype: 'FP32', shape: [-1] },
        { name: 'decoded_mean', datatype: 'FP32', shape: [-1, 2, 2] },
      ],
    };
    for (const path of ['', '/versions/7']) {
      expect((await api.call({ url: `/v2/models/${id}${path}` })).json()).toEqual(expected);
    }
    const missing = await api.call({ url: `/v2/models/${id}/versions/8` });
    expect([missing.statusCode, errorOf(missing)]).toEqual([404, `Model ${id} has no checkpoint of step 8.`]);
    const word = await api.call({ url: `/v2/models/${id}/versions/latest` });
    expect([word.statusCode, errorOf(word)]).toEqual([
      400,
      expect.stringContaining('version: must be integer'),
    ]);
    const unknown = await api.call({ url: '/v2/models/resnet' });
    expect([unknown.statusCode, errorOf(unknown)]).toEqual([404, 'resnet is not a valid id.']);
  });

  it('is ready when it has a checkpoint', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const early = await api.call({ url: `/v2/models/${id}/ready` });
    expect([early.statusCode, errorOf(early)]).toEqual([
      400,
      expect.stringContaining('no usable checkpoint'),
    ]);
    await api.models.saveCheckpoint(id, checkpoint(7));
    expect((await api.call({ url: `/v2/models/${id}/ready` })).json()).toEqual({ name: id, ready: true });
    expect((await api.call({ url: `/v2/models/${id}/versions/7/ready` })).statusCode).toBe(200);
    expect((await api.call({ url: `/v2/models/${id}/versions/8/ready` })).statusCode).toBe(404);
  });

  it('has a configuration, whose largest batch follows from the limit of values', async () => {
    const api = await buildTestApi({ maxInferenceValues: 101 });
    const { id } = await addModel(api);
    expect((await api.call({ url: `/v2/models/${id}/config` })).json()).toMatchObject({
      max_batch_size: 25,
      input: [
        { name: 'data', data_type: 'TYPE_FP32', dims: [2, 2], optional: true },
        { name: 'latents', data_type: 'TYPE_FP32', dims: [2], optional: true },
      ],
    });
  });

  it('without an encoder takes latents only', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api, { training: trainingSpec({ algorithm: { name: 'mcem' } }) });
    const { inputs, outputs } = (await api.call({ url: `/v2/models/${id}` })).json<
      Record<'inputs' | 'outputs', { name: string }[]>
    >();
    expect([inputs, outputs].map((all) => all.map(({ name }) => name))).toEqual([
      ['latents'],
      ['decoded_mean'],
    ]);
  });
});

describe('tensors in JSON', () => {
  it('are answered as the protocol says, with the id of the request', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const parameters = { sequence_id: 5, priority: 1 };
    const response = await infer(api, id, { id: 'a1', inputs: [data], parameters });
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers).not.toHaveProperty(LENGTH);
    expect(response.headers).toHaveProperty('server-timing');
    expect(response.json()).toEqual({
      model_name: id,
      model_version: '7',
      id: 'a1',
      outputs: ['mean', 'standard_deviation'].map((name) => ({
        name,
        datatype: 'FP32',
        shape: [2, 2],
        data: [0.5, 0.5, 0.5, 0.5],
      })),
    });
    expect(takenRows(api)).toEqual({ shape: [2, 4], data: ROWS });
    expect(api.producer.inferences).toMatchObject([{ operation: 'encode', checkpoint: 'latest' }]);
  });

  it('can be nested, in the shape of rows, and of each datatype', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const nested = [
      [
        [0, 0.25],
        [0.5, 1],
      ],
      [
        [1, 1],
        [0, 0.125],
      ],
    ];
    for (const datatype of ['FP32', 'FP64']) {
      const inputs = [{ ...data, datatype, shape: [2, 2, 2], data: nested }];
      expect((await infer(api, id, { inputs })).statusCode).toBe(200);
      expect(takenRows(api)).toEqual({ shape: [2, 4], data: ROWS });
    }
    const inputs = [{ ...data, datatype: 'UINT8', data: [0, 1, 0, 1, 1, 1, 0, 0] }];
    expect((await infer(api, id, { inputs })).statusCode).toBe(200);
    expect(takenRows(api).data, 'values as they are').toEqual([0, 1, 0, 1, 1, 1, 0, 0]);
  });

  it('chooses operations by outputs, each run once, all with one checkpoint', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api, { default_checkpoint: 'best' });
    const names = ['decoded_mean', 'score', 'standard_deviation', 'reconstruction', 'mean'];
    const outputs = names.map((name) => ({ name }));
    const response = await infer(api, id, { inputs: [data, latents], outputs });
    const answer = response.json<{ outputs: { name: string; shape: number[] }[] }>();
    expect(answer.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['decoded_mean', [1, 2, 2]],
      ['score', [2]],
      ['standard_deviation', [2, 2]],
      ['reconstruction', [2, 2, 2]],
      ['mean', [2, 2]],
    ]);
    expect(api.producer.inferences.map(({ operation, checkpoint: used }) => [operation, used])).toEqual([
      ['decode', 'best'],
      ['score', 7],
      ['encode', 7],
      ['reconstruct', 7],
    ]);
  });

  it('uses the version in the path', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    expect((await infer(api, id, { inputs: [latents] }, '/versions/12')).statusCode).toBe(200);
    expect(api.producer.inferences).toMatchObject([{ operation: 'decode', checkpoint: 12 }]);
  });

  it('have null for what is not there', async () => {
    const api = await buildTestApi();
    const likelihood = { family: 'bernoulli', missing: true };
    const { id } = await addModel(api, { model: modelSpec({ latent_size: 2, likelihood }) });
    api.producer.answers.encode = () => ({
      mean: { shape: [1, 2], data: Float32Array.of(0.1, 1 / 3) },
      standard_deviation: { shape: [1, 2], data: Float32Array.of(Infinity, 1) },
    });
    const inputs = [{ ...data, shape: [1, 4], data: [0, null, 1, 1] }];
    const response = await infer(api, id, { inputs });
    expect(takenRows(api).data).toEqual([0, NaN, 1, 1]);
    expect(response.json()).toMatchObject({ outputs: [{ data: [0.1, 0.33333334] }, { data: [null, 1] }] });
  });
});

describe('tensors as bytes', () => {
  const PARAMETERS = '"parameters":{"binary_data_size":32}';
  const INPUT = `{"name":"data","shape":[2,4],"datatype":"FP32",${PARAMETERS}}`;
  const JSON_PART = `{"inputs":[${INPUT}],"outputs":[{"name":"mean","parameters":{"binary_data":true}}]}`;

  it('follow the JSON in both directions', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await sendBinary(api, id, JSON_PART, FLOATS);
    expect(response.statusCode).toBe(200);
    expect(takenRows(api)).toEqual({ shape: [2, 4], data: ROWS });
    expect(response.headers['content-type']).toBe('application/octet-stream');
    const length = Number(response.headers[LENGTH]);
    expect(response.rawPayload.toString('utf8', 0, length)).toBe(
      `{"model_name":"${id}","model_version":"7","outputs":[{"name":"mean","datatype":"FP32","shape":[2,2],"parameters":{"binary_data_size":16}}]}`,
    );
    expect(response.rawPayload.subarray(length)).toEqual(Buffer.from('0000003f'.repeat(4), 'hex'));
  });

  it('are in the order of inputs and outputs, beside JSON, and wherever values are aligned', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const points = toBytes(Float64Array.of(-1.5, 2));
    const bytes = toBytes(Uint8Array.of(0, 1, 1, 0));
    const json = JSON.stringify({
      inputs: [
        { name: 'data', datatype: 'UINT8', shape: [1, 4], parameters: { binary_data_size: 4 } },
        { name: 'latents', datatype: 'FP64', shape: [1, 2], parameters: { binary_data_size: 16 } },
      ],
      outputs: [
        { name: 'decoded_mean' },
        { name: 'mean', parameters: { binary_data: false } },
        { name: 'score' },
      ],
      parameters: { binary_data_output: true },
    });
    const response = await sendBinary(api, id, json, Buffer.concat([bytes, points]));
    const length = Number(response.headers[LENGTH]);
    const answer = JSON.parse(response.rawPayload.toString('utf8', 0, length)) as { outputs: object[] };
    expect(answer.outputs).toMatchObject([
      { name: 'decoded_mean', parameters: { binary_data_size: 16 } },
      { name: 'mean', data: [0.5, 0.5] },
      { name: 'score', parameters: { binary_data_size: 4 } },
    ]);
    expect(response.rawPayload.length - length).toBe(20);
    const taken = api.producer.inferences.map(
      ({ input }) => (input as { rows: { data: Float32Array } }).rows,
    );
    expect(taken.map((rows) => [...rows.data])).toEqual([
      [-1.5, 2],
      [0, 1, 1, 0],
      [0, 1, 1, 0],
    ]);
  });

  it('may be compressed: the length is that of the JSON before', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: `/v2/models/${id}/infer`,
      payload: gzipSync(Buffer.concat([Buffer.from(JSON_PART), FLOATS])),
      headers: { [LENGTH]: String(JSON_PART.length), 'content-encoding': 'gzip' },
    });
    expect(response.statusCode).toBe(200);
    expect(takenRows(api).data).toEqual(ROWS);
  });

  it('may hold any bytes: only the JSON in front is bounded as JSON', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api, { model: modelSpec({ latent_size: 64 }) });
    const brackets = Buffer.alloc(4 * 64, '[');
    const input = {
      name: 'latents',
      datatype: 'FP32',
      shape: [1, 64],
      parameters: { binary_data_size: 256 },
    };
    const response = await sendBinary(api, id, JSON.stringify({ inputs: [input] }), brackets);
    expect(response.statusCode).toBe(200);
    const deep = `{"inputs":${'['.repeat(40)}${']'.repeat(40)}}`;
    for (const type of ['application/octet-stream', 'application/json', 'text/plain']) {
      const url = `/v2/models/${id}/infer`;
      const headers = { 'content-type': type };
      const nested = await api.call({ method: 'POST', url, payload: deep, headers });
      expect([nested.statusCode, errorOf(nested)]).toEqual([413, expect.stringContaining('nesting')]);
    }
  });

  it.each<[string, string, Uint8Array, number | string | undefined, string]>([
    ['truncated', JSON_PART, FLOATS.subarray(0, 20), undefined, '/inputs/0: found 20 of its 32 bytes'],
    ['absent', JSON_PART, FLOATS.subarray(0, 0), undefined, '/inputs/0: found 0 of its 32 bytes'],
    [
      'too long',
      JSON_PART,
      Buffer.concat([FLOATS, FLOATS]),
      undefined,
      'found 64 bytes after the JSON; allowed: 32',
    ],
    ['cut by a length too small', JSON_PART, FLOATS, 20, 'The body is not valid JSON'],
    ['cut by a length too large', JSON_PART, FLOATS, JSON_PART.length + 1, 'The body is not valid JSON'],
    [
      'beyond the body',
      JSON_PART,
      FLOATS,
      1e9,
      'Inference-Header-Content-Length: found 1000000000; allowed: 1 to',
    ],
    ['without a length', JSON_PART, FLOATS, 0, 'Inference-Header-Content-Length: found 0'],
    ['with a negative length', JSON_PART, FLOATS, -1, 'Inference-Header-Content-Length: found -1'],
    ['with a length of words', JSON_PART, FLOATS, 'many', 'Inference-Header-Content-Length: found many'],
    [
      'of a size that the shape does not have',
      JSON_PART.replace('32}', '28}'),
      FLOATS.subarray(4),
      undefined,
      '/inputs/0/parameters/binary_data_size: found 28; allowed: 32, which FP32 of shape [2, 4] needs',
    ],
    [
      'of a size below 0',
      JSON_PART.replace('32}', '-32}'),
      FLOATS,
      undefined,
      'binary_data_size: must be >= 0',
    ],
  ])('are refused %s', async (_name, json, bytes, length, message) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await sendBinary(api, id, json, bytes, length);
    expect(errorOf(response)).toContain(message);
    expect(response.statusCode).toBe(400);
    expect(api.producer.inferences).toEqual([]);
  });

  it('are refused if a shape claims more values than are allowed, whatever size it claims', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const shape = '[2147483648,2147483648,2147483648]';
    const json = JSON_PART.replace('[2,4]', shape).replace('32}', '9007199254740991}');
    const response = await sendBinary(api, id, json, FLOATS);
    expect([response.statusCode, errorOf(response)]).toEqual([
      413,
      expect.stringContaining('The input data') as string,
    ]);
  });

  it('are refused without the header', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const payload = Buffer.concat([Buffer.from(JSON_PART), FLOATS]);
    const response = await api.call({ method: 'POST', url: `/v2/models/${id}/infer`, payload });
    expect(response.statusCode).toBe(400);
    expect(errorOf(response)).toContain('all of the body must be JSON');
  });
});

describe('a request', () => {
  it.each<[string, object, string]>([
    [
      'another datatype',
      { inputs: [{ ...data, datatype: 'INT64' }] },
      '/inputs/0/datatype: must be one of "FP32", "FP64", "UINT8"',
    ],
    [
      'an unknown input',
      { inputs: [{ ...data, name: 'x' }] },
      '/inputs/0/name: must be one of "data", "latents"',
    ],
    ['an input twice', { inputs: [data, data] }, '/inputs/1/name: found a second input data'],
    ['no inputs', { inputs: [] }, '/inputs: must NOT have fewer than 1'],
    [
      'an unknown output',
      { inputs: [data], outputs: [{ name: 'y' }] },
      '/outputs/0/name: must be one of "mean"',
    ],
    [
      'an output twice',
      { inputs: [data], outputs: [{ name: 'mean' }, { name: 'mean' }] },
      '/outputs/1/name: found a second',
    ],
    [
      'an output without its input',
      { inputs: [data], outputs: [{ name: 'decoded_mean' }] },
      'computed from the input latents, which is missing',
    ],
    [
      'rows of another size',
      { inputs: [{ ...data, shape: [4, 2] }] },
      '/inputs/0/shape: found [4, 2] (2 values a row); allowed: [rows, 4] or [rows, 2, 2]',
    ],
    ['points of another size', { inputs: [{ ...latents, shape: [2, 1] }] }, 'allowed: [rows, 2]'],
    ['one axis', { inputs: [{ ...data, shape: [8] }] }, '/inputs/0/shape: must NOT have fewer than 2'],
    ['an axis of no length', { inputs: [{ ...data, shape: [0, 4] }] }, '/inputs/0/shape/0: must be >= 1'],
    [
      'too few values',
      { inputs: [{ ...data, data: [1, 2] }] },
      '/inputs/0/data: found an array of length 2; allowed: length 8',
    ],
    [
      'ragged values',
      { inputs: [{ ...data, data: [[0, 0, 0, 0], [1]] }] },
      '/inputs/0/data/1: found an array of length 1; allowed: an array of length 4',
    ],
    [
      'a word',
      { inputs: [{ ...data, data: [...ROWS.slice(1), 'a'] }] },
      '/inputs/0/data/7: found a string; allowed: a number, or null',
    ],
    [
      'a byte beyond 255',
      { inputs: [{ ...data, datatype: 'UINT8', data: [...ROWS.map(() => 0).slice(1), 256] }] },
      '/inputs/0/data/7: found 256',
    ],
    [
      'a value that the likelihood forbids',
      { inputs: [{ ...data, data: [...ROWS.slice(1), 1.5] }] },
      'row 1, value 3 (both counted from 0): found 1.5; allowed:',
    ],
    [
      'a missing value that the likelihood forbids',
      { inputs: [{ ...data, data: [...ROWS.slice(1), null] }] },
      'found NaN; allowed:',
    ],
    [
      'a value beyond float32',
      { inputs: [{ ...latents, data: [1e300, 0] }] },
      'row 0, value 0 (both counted from 0): found a number that is not finite',
    ],
    [
      'no values',
      { inputs: [{ ...data, data: undefined }] },
      '/inputs/0: found neither of data and parameters.binary_data_size',
    ],
    [
      'values twice',
      { inputs: [{ ...data, parameters: { binary_data_size: 32 } }] },
      '/inputs/0: found both',
    ],
    [
      'shared memory',
      { inputs: [{ ...data, data: undefined, parameters: { shared_memory_region: 'r' } }] },
      'shared memory is not supported',
    ],
    ['another field', { inputs: [data], output: [] }, '/output'],
  ])('is refused with %s', async (_name, payload, message) => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await infer(api, id, payload);
    expect(errorOf(response)).toContain(message);
    expect(response.statusCode).toBe(400);
    expect(api.producer.inferences).toEqual([]);
  });

  it('is refused beyond the limit of values, of the request or of what is computed', async () => {
    const api = await buildTestApi({ maxInferenceValues: 600 });
    const { id } = await addModel(api);
    const rows = new Array<number>(4 * 150).fill(0);
    const wide = { ...data, shape: [151, 4], data: [...rows, 0, 0, 0, 0] };
    expect(errorOf(await infer(api, id, { inputs: [wide] }))).toContain('The input data (604) is larger');
    const many = { ...data, shape: [150, 4], data: rows };
    const score = await infer(api, id, { inputs: [many], outputs: [{ name: 'score' }] });
    expect([score.statusCode, errorOf(score)]).toEqual([413, expect.stringContaining('values of score')]);
    expect((await infer(api, id, { inputs: [many] })).statusCode).toBe(200);
  });

  it('is refused for a model that there is not, and with a body that is no JSON, empty, or compressed by another method than gzip', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const gone = await infer(api, 'model_01m7yvay4bs810pxbvx8qqzx2g', { inputs: [data] });
    expect([gone.statusCode, errorOf(gone)]).toEqual([404, expect.stringContaining('There is no model')]);
    const url = `/v2/models/${id}/infer`;
    const broken = await api.call({ method: 'POST', url, payload: '{"inputs":[' });
    expect([broken.statusCode, errorOf(broken)]).toEqual([400, expect.stringContaining('not valid JSON')]);
    expect((await api.call({ method: 'POST', url })).statusCode).toBe(400);
    const headers = { 'content-encoding': 'deflate' };
    const zipped = await api.call({ method: 'POST', url, payload: 'x', headers });
    expect([zipped.statusCode, errorOf(zipped)]).toEqual([415, expect.stringContaining('allowed: gzip')]);
  });

  it('is refused at capacity and while stopping, as other work is', async () => {
    const api = await buildTestApi({ maxConcurrentRequests: 1 });
    const { id } = await addModel(api);
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    api.producer.beforeAnswer = () => opened;
    const first = infer(api, id, { inputs: [data] });
    await expect.poll(() => api.producer.inferences.length).toBe(1);
    const second = await infer(api, id, { inputs: [data] });
    expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '1']);
    expect(errorOf(second)).toContain('full');
    open();
    expect((await first).statusCode).toBe(200);
    api.app.drain();
    const late = await infer(api, id, { inputs: [data] });
    expect([late.statusCode, late.headers['retry-after']]).toEqual([503, '5']);
  });
});

describe('tables', () => {
  it('of numbers are tensors in the units of the file, with NaN for missing values', async () => {
    const api = await buildTestApi();
    const { id } = await tableModel(api);
    const model = await api.call({ url: `/v2/models/${id}` });
    expect(model.json()).toMatchObject({
      inputs: [{ name: 'data', datatype: 'FP32', shape: [-1, 3] }, {}],
      outputs: [{}, {}, { name: 'reconstruction', datatype: 'FP64', shape: [-1, 3] }, {}, {}],
    });
    const inputs = [{ ...data, shape: [2, 3], data: [1, 0.1, null, 2, 3, 4] }];
    api.producer.answers.reconstruct = () => ({
      mean: { shape: [2, 3], data: Float32Array.of(1, 0.1, 2, 3, 4, 5) },
    });
    const response = await infer(api, id, { inputs, outputs: [{ name: 'reconstruction' }] });
    expect(takenRows(api).data).toEqual([1, Math.fround(0.1), NaN, 2, 3, 4]);
    expect(response.json()).toMatchObject({
      outputs: [{ datatype: 'FP64', shape: [2, 3], data: [1, 0.1, 2, 3, 4, 5] }],
    });
    const json = JSON.stringify({
      inputs: [{ ...data, shape: [1, 3], data: undefined, parameters: { binary_data_size: 12 } }],
    });
    await sendBinary(api, id, json, toBytes(Float32Array.of(1, 0.1, NaN)));
    expect(takenRows(api).data).toEqual([1, Math.fround(0.1), NaN]);
  });

  it('refuse all rows if one has a bad value, and say where', async () => {
    const api = await buildTestApi();
    const { id } = await tableModel(api);
    const inputs = [{ ...data, shape: [2, 3], data: [1, 2, 3, null, 3, 4] }];
    const response = await infer(api, id, { inputs });
    expect(response.statusCode).toBe(400);
    expect(errorOf(response)).toMatch(/^\/inputs\/0\/data\/1\/0: found .* \(column size\)$/);
    const wide = await infer(api, id, { inputs: [{ ...data, shape: [2, 4] }] });
    expect(errorOf(wide)).toBe('/inputs/0/shape: found [2, 4] (4 values a row); allowed: [rows, 3]');
  });

  it('with words are refused, with the routes that take them', async () => {
    const api = await buildTestApi();
    const city = {
      name: 'city',
      likelihood: { family: 'categorical', categories: 2 },
      labels: ['Oslo', 'Bergen'],
    };
    const { id } = await tableModel(api, [...COLUMNS, city]);
    const inputs = [{ ...data, shape: [2, 4] }];
    for (const response of [await infer(api, id, { inputs }), await api.call({ url: `/v2/models/${id}` })]) {
      expect(response.statusCode).toBe(400);
      expect(errorOf(response)).toMatch(/words or dates \(city\), which are no tensors.*POST \/encode/);
    }
  });
});
