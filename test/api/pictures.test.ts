import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { addModel, buildTestApi, GAUSSIAN, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';
import { datasetRecord } from '../support/fake-stores.ts';

const PATHS = ['manifold', 'traversal', 'scatter'] as const;
const DIRICHLET = modelSpec({
  latent_size: 2,
  posterior: { family: 'dirichlet' },
  prior: { family: 'dirichlet' },
});

const REFUSED_TRAVERSAL = [
  ['dimension=2', 'dimension', 'found 2; the latents of this model are numbered 0 to 1'],
  ['steps=1', 'steps', 'must be >= 2'],
  ['row=-1', 'row', 'must be >= 0'],
  ['zoom=11', 'zoom', 'must be <= 10'],
] as const;
const REFUSED_SCATTER = [
  ['dimensions=0,2', 'dimensions', 'found 2; the latents of this model are numbered 0 to 1'],
  ['dimensions=0', 'dimensions', 'pattern'],
  ['rows=some', 'rows', '"held_out", "test", "validation", "train", "all"'],
  ['limit=10001', 'limit', 'must be <= 10000'],
] as const;

async function get(api: TestApi, path: string, fields: Parameters<typeof addModel>[1] = {}) {
  const { id } = await addModel(api, fields);
  const response = await api.call({ url: `/models/${id}/${path}` });
  return { id, response, payload: api.producer.inferences[0] };
}

async function post(api: TestApi, url: string, body: object, fields: Parameters<typeof addModel>[1] = {}) {
  const { id } = await addModel(api, fields);
  const response = await api.call({ method: 'POST', url, payload: { model_id: id, ...body } });
  return { id, response, payload: api.producer.inferences[0] };
}

/** Width, height and channels of a PNG. */
function sizeOf(response: { statusCode: number; rawPayload: Buffer; body: string }): number[] {
  expect(response.statusCode, response.body).toBe(200);
  const { width, height, channels } = decode(response.rawPayload);
  return [width, height, channels];
}

describe('GET /models/:id/manifold', () => {
  it('answers points and data as JSON', async () => {
    const { response, payload, id } = await get(await buildTestApi(), 'manifold?size=3&checkpoint=best');
    const body = response.json<{ latents: number[][]; data: number[][] }>();
    expect(body).toMatchObject({ model_id: id, step: 7, size: 3 });
    expect([body.latents.length, body.data.length]).toEqual([9, 9]);
    expect(payload).toMatchObject({ operation: 'manifold', input: { size: 3 }, checkpoint: 'best' });
    expect(response.headers['server-timing']).toMatch(/^total;dur=/);
  });

  it('answers a square PNG, enlarged where asked for', async () => {
    const { response } = await get(await buildTestApi(), 'manifold?size=3&format=png&zoom=2');
    expect(response.headers['content-type']).toBe('image/png');
    expect(sizeOf(response)).toEqual([16, 16, 1]);
  });

  it('answers 409 for other latent sizes and names the traversal', async () => {
    const api = await buildTestApi();
    const { id, response } = await get(api, 'manifold', { model: modelSpec({ latent_size: 20 }) });
    const { code, status, detail } = problemOf(response);
    expect([code, status]).toEqual(['not_two_latents', 409]);
    expect(detail).toContain(`has 20 latent dimensions`);
    expect(detail).toContain(`GET /models/${id}/traversal`);
    expect(api.producer.inferences).toEqual([]);
  });
});

describe('GET /models/:id/traversal', () => {
  it('answers every latent', async () => {
    const { response, payload } = await get(await buildTestApi(), 'traversal?steps=5');
    const { base, traversals } = response.json<{ base: number[]; traversals: Record<string, unknown[]>[] }>();
    expect(base).toEqual([0.5, 0.5]);
    expect(
      traversals.map(({ dimension, latents, data }) => [dimension, latents?.length, data?.length]),
    ).toEqual([
      [0, 5, 5],
      [1, 5, 5],
    ]);
    expect(payload?.operation).toBe('traversal');
    expect(payload?.input).toEqual({ steps: 5 });
  });

  it('moves one latent from the code of a row', async () => {
    const { response, payload } = await get(await buildTestApi(), 'traversal?dimension=1&row=12&format=png');
    expect(sizeOf(response)).toEqual([11 * 3 - 1, 2, 1]);
    expect(payload?.input).toEqual({ dimension: 1, datasetRow: 12, steps: 11 });
  });

  it('draws one row of images for each latent', async () => {
    const { response } = await get(await buildTestApi(), 'traversal?format=png&steps=4');
    expect(sizeOf(response)).toEqual([11, 5, 1]);
  });

  it('refuses other dimensions, steps and rows', async () => {
    const api = await buildTestApi();
    for (const [query, pointer, detail] of REFUSED_TRAVERSAL) {
      const problem = problemOf((await get(api, `traversal?${query}`)).response);
      expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
      expect(problem.errors[0]?.detail).toContain(detail);
    }
    expect(api.producer.inferences).toEqual([]);
  });
});

describe('POST /interpolate', () => {
  it('answers the points on the way and their data', async () => {
    const { response, payload } = await post(await buildTestApi(), '/interpolate', {
      from: 3,
      to: 0,
      steps: 4,
    });
    const body = response.json<{ latents: number[][]; data: number[][] }>();
    expect(body).toMatchObject({ from: 3, to: 0, step: 7 });
    expect([body.latents.length, body.data.length]).toEqual([4, 4]);
    expect(payload).toMatchObject({ operation: 'interpolate', input: { from: 3, to: 0, steps: 4 } });
  });

  it('answers one row of images', async () => {
    const { response } = await post(await buildTestApi(), '/interpolate', { from: 0, to: 1, format: 'png' });
    expect(sizeOf(response)).toEqual([32, 2, 1]);
  });

  it('needs both ends', async () => {
    const { response } = await post(await buildTestApi(), '/interpolate', { from: 0 });
    expect(problemOf(response).errors[0]).toMatchObject({ pointer: '/to' });
  });
});

describe('POST /reconstruct', () => {
  it('answers inputs over reconstructions as PNG for the Accept header', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const response = await api.call({
      method: 'POST',
      url: '/reconstruct',
      headers: { accept: 'image/png' },
      payload: { model_id: id, data: [[0, 0.2, 0.4, 0.6]] },
    });
    const { width, data } = decode(response.rawPayload);
    // A border of 5 pixels, the row, a gap, and what the fake producer makes of everything.
    expect([0, 1].map((y) => [...data.slice((5 + y) * width + 5, (5 + y) * width + 7)])).toEqual([
      [0, 51],
      [102, 153],
    ]);
    expect([...data.slice(8 * width + 5, 8 * width + 7)]).toEqual([128, 128]);
  });

  it('takes rows of the data set in the place of data, and answers them too', async () => {
    const api = await buildTestApi();
    const { response, payload } = await post(api, '/reconstruct', { rows: [4, 2] });
    expect(payload).toMatchObject({ operation: 'reconstruct_dataset_rows', input: { datasetRows: [4, 2] } });
    const body = response.json<{ mean: number[][]; data: number[][] }>();
    expect([body.mean.length, body.data.length]).toEqual([2, 2]);
    const png = await post(api, '/reconstruct', { rows: [4, 2], format: 'png' });
    expect(sizeOf(png.response)).toEqual([15, 15, 1]);
  });

  it.each([
    [{}, 'required, unless data_base64 or rows'],
    [{ rows: [1], data: [[0, 0, 0, 0]] }, 'found data and rows; allowed: one of data, data_base64, rows'],
  ])('refuses %j', async (body, detail) => {
    const { response } = await post(await buildTestApi(), '/reconstruct', body);
    expect(problemOf(response).errors[0]).toMatchObject({ pointer: '/data' });
    expect(problemOf(response).errors[0]?.detail).toContain(detail);
  });

  it('refuses more rows than may be answered', async () => {
    const { response } = await post(await buildTestApi({ maxInferenceValues: 23 }), '/reconstruct', {
      rows: [0, 1, 2],
    });
    expect(problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
  });
});

describe('GET /models/:id/scatter', () => {
  it('answers points, labels and rows, also of large data sets', async () => {
    const { response, payload } = await get(
      await buildTestApi(),
      'scatter?rows=train&limit=3&dimensions=1,0',
    );
    expect(response.json()).toMatchObject({
      dimensions: [1, 0],
      rows: [5, 6, 2 ** 31],
      points: [
        [-1, -1],
        [2, 0],
        [1, 1],
      ],
      labels: [0, 7, 9],
    });
    expect(payload).toMatchObject({ operation: 'scatter', input: { part: 'train', limit: 3 } });
  });

  it('answers a picture of any rows, images or not', async () => {
    const { response } = await get(await buildTestApi(), 'scatter?format=png', { row_shape: [4] });
    expect(sizeOf(response)[2]).toBe(3);
  });

  it('names the classes of a table with a label column; a row may have none', async () => {
    const words = Array.from('abcdefgh');
    const label = {
      role: 'label',
      name: 'kind',
      reason: '',
      missing: 0,
      cells: 'word',
      other_share: 0,
    } as const;
    const table = { columns: [{ ...label, labels: words }], missing_marks: [] };
    const { response } = await get(await buildTestApi(), 'scatter', { table });
    expect(response.json()).toMatchObject({ labels: [0, 7, null], label_names: [...words, 'other'] });
  });

  it('says null where the data set has no labels', async () => {
    const api = await buildTestApi();
    const { scatter } = api.producer.answers;
    api.producer.answers.scatter = (input) => {
      const { mean, rows } = scatter(input);
      return { mean, rows };
    };
    expect((await get(api, 'scatter')).response.json()).toMatchObject({ labels: null });
  });

  it('refuses other dimensions, parts and limits', async () => {
    const api = await buildTestApi();
    for (const [query, pointer, detail] of REFUSED_SCATTER) {
      const problem = problemOf((await get(api, `scatter?${query}`)).response);
      expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
      expect(problem.errors[0]?.detail).toContain(detail);
    }
    expect(api.producer.inferences).toEqual([]);
  });
});

describe('pictures', () => {
  it.each(PATHS)('of models that are not there are answered 404: %s', async (path) => {
    const api = await buildTestApi();
    const response = await api.call({ url: `/models/model_x/${path}` });
    expect(problemOf(response)).toMatchObject({ status: 404 });
  });

  it.each(['manifold', 'traversal'])('answer 409 where the prior has no quantiles: %s', async (path) => {
    const { response } = await get(await buildTestApi(), path, { model: DIRICHLET });
    expect(problemOf(response)).toMatchObject({ status: 409, code: 'no_quantile' });
  });

  it.each(['manifold', 'traversal'])('refuse more than may be answered: %s', async (path) => {
    const api = await buildTestApi({ maxInferenceValues: 100 });
    const { response } = await get(api, `${path}?${path === 'manifold' ? 'size=5' : 'steps=10'}`);
    expect(problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
  });

  it('answer 406 to PNG of rows that are not images, and JSON all the same', async () => {
    const api = await buildTestApi();
    for (const row_shape of [[4], [2, 1, 2], [1, 2, 2, 1]]) {
      for (const path of ['manifold', 'traversal']) {
        const { id, response } = await get(api, `${path}?format=png`, { row_shape });
        expect(problemOf(response)).toMatchObject({ status: 406, code: 'not_acceptable' });
        expect(problemOf(response).detail).toContain(
          `Rows of shape [${row_shape.join(', ')}] are not images`,
        );
        expect((await api.call({ url: `/models/${id}/${path}` })).statusCode).toBe(200);
      }
    }
  });

  it('show [height, width, 1] grey and [height, width, 3] in colour', async () => {
    const api = await buildTestApi();
    const grey = await get(api, 'manifold?size=1&format=png', { row_shape: [2, 2, 1] });
    expect(sizeOf(grey.response)).toEqual([2, 2, 1]);
    api.producer.answers.manifold = () => ({
      latents: { shape: [1, 2], data: new Float32Array(2) },
      mean: { shape: [1, 6], data: Float32Array.of(1, 0, 0, 0, 0.2, 1) },
    });
    const colour = await get(api, 'manifold?size=1&format=png', { row_shape: [1, 2, 3], data_size: 6 });
    expect(sizeOf(colour.response)).toEqual([2, 1, 3]);
    expect([...decode(colour.response.rawPayload).data]).toEqual([255, 0, 0, 0, 51, 255]);
  });

  it('show the range of the data set where its values do not lie from 0 to 1', async () => {
    const api = await buildTestApi();
    const wide = datasetRecord({ minimum: -1, maximum: 2 });
    const narrow = datasetRecord({ minimum: 0.25, maximum: 0.75 });
    api.datasets.records.push(wide, narrow);
    const levelOf = async (dataset_id: string) => {
      const { response } = await get(api, 'manifold?size=1&format=png', { model: GAUSSIAN, dataset_id });
      return decode(response.rawPayload).data[0];
    };
    // The fake producer answers 0.5 everywhere: halfway from -1 to 2, and from 0 to 1.
    expect([await levelOf(wide.id), await levelOf(narrow.id)]).toEqual([128, 128]);
    const low = datasetRecord({ minimum: 0, maximum: 5 });
    api.datasets.records.push(low);
    expect(await levelOf(low.id)).toBe(26);
  });
});
