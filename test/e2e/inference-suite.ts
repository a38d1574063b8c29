import { describe, expect, it } from 'vitest';
import { childrenOf, isRunning } from '../support/processes.ts';
import type { Client } from '../support/client.ts';
import { asRows, FILES, IMAGE_SIZE, SIDE, tinyImages } from '../support/tiny-images.ts';
import { ROWS, SHORT, trainOn, type Format, type ServiceUnderTest } from './stand.ts';

const PNG_MAGIC = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** From the file of this format, which the service has, to answers. */
export function inferenceSuite(current: () => ServiceUnderTest, format: Exclude<Format, 'csv'>): void {
  describe('a model', () => {
    it(`is trained on an upload as ${format} and answers`, async () => {
      const { client, upload, trained } = current();
      const row_shape = [SIDE, SIDE];
      expect(upload).toMatchObject({ rows: ROWS, row_shape, data_size: IMAGE_SIZE, test_rows: 0 });
      const { model_id } = await trained();
      expect((await client.model(model_id)).row_shape).toEqual(row_shape);
      await expectAnswers(client, model_id);
      await expectSamples(client, model_id, 200);
    });
  });
}

/** The life of a model of rows that are no pictures. */
export function deletionSuite(current: () => ServiceUnderTest): void {
  describe('a model', () => {
    it('is trained on an upload as csv, answers, and can be deleted when its job is over', async () => {
      const { client } = current();
      const dataset = await client.upload(FILES.csv(tinyImages(ROWS)));
      const row_shape = [IMAGE_SIZE];
      expect(dataset).toMatchObject({ rows: ROWS, row_shape, data_size: IMAGE_SIZE, test_rows: 0 });
      const { id, model_id } = await trainOn(client, dataset.id, SHORT);
      await client.untilState(id, 'succeeded');
      expect((await client.model(model_id)).row_shape).toEqual(row_shape);
      await expectAnswers(client, model_id);
      await expectSamples(client, model_id, 406);

      expect((await client.get(`/samples?model_id=${model_id}`)).status).toBe(200);
      expect((await client.delete(`/models/${model_id}`)).status).toBe(204);
      expect((await client.get(`/models/${model_id}`)).status).toBe(404);
      expect((await client.get(`/samples?model_id=${model_id}`)).status).toBe(404);
      expect(await client.job(id)).toMatchObject({ state: 'succeeded', model_id });
    });
  });
}

/** The process that answers. */
export function inferenceProcessSuite(current: () => ServiceUnderTest): void {
  describe('a model', () => {
    it('answers again after its process was killed', async () => {
      const { client, service, trained } = current();
      const { model_id } = await trained();
      const path = `/samples?model_id=${model_id}&count=2&seed=5`;
      const before = await client.get(path);
      expect(before.status).toBe(200);
      const children = await childrenOf(service.pid);
      expect(children).toHaveLength(1);
      for (const child of children) process.kill(child, 'SIGKILL');
      const after = await client.get(path);
      expect(after.status).toBe(200);
      expect(after.json()).toEqual(before.json());
      expect(await childrenOf(service.pid)).not.toEqual(children);
      expect(await isRunning(service.pid)).toBe(true);
    });
  });
}

interface Means {
  readonly mean: number[][];
}

async function expectAnswers(client: Client, model_id: string): Promise<void> {
  const data = asRows(tinyImages(5));
  const ask = async <T>(path: string, body: object): Promise<T> => {
    const answer = await client.post(path, { model_id, ...body });
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return answer.json();
  };
  const encoded = await ask<Means & { standard_deviation: number[][]; samples: number[][][] }>('/encode', {
    data,
    samples: 2,
  });
  expect(shapeOf(encoded.samples)).toEqual([2, 5, 4]);
  expect(shapeOf(encoded.standard_deviation)).toEqual([5, 4]);
  const decoded = await ask<Means>('/decode', { latents: encoded.mean });
  expect(shapeOf(decoded.mean)).toEqual([5, IMAGE_SIZE]);
  const reconstructed = await ask<Means>('/reconstruct', { data });
  reconstructed.mean.flat().forEach((value, i) => {
    expect(value).toBeCloseTo(decoded.mean.flat()[i] ?? NaN, 4);
  });
  const bound = await ask<Record<'elbo' | 'log_likelihood' | 'kl_divergence', number[]>>('/elbo', {
    data,
    samples: 3,
  });
  expect(bound.elbo).toHaveLength(5);
  bound.elbo.forEach((elbo, row) => {
    expect(elbo).toBeCloseTo((bound.log_likelihood[row] ?? NaN) - (bound.kl_divergence[row] ?? NaN), 3);
  });
}

async function expectSamples(client: Client, modelId: string, pictures: 200 | 406): Promise<void> {
  const path = `/samples?model_id=${modelId}&count=3&seed=1`;
  const drawn = await client.get(path);
  const { data, latents } = drawn.json<{ data: number[][]; latents: number[][] }>();
  expect([shapeOf(latents), shapeOf(data)]).toEqual([
    [3, 4],
    [3, IMAGE_SIZE],
  ]);
  expect((await client.get(path)).json()).toEqual(drawn.json());
  const picture = await client.get(path, { accept: 'image/png' });
  expect(picture.status).toBe(pictures);
  if (pictures === 200) {
    expect(picture.type).toBe('image/png');
    expect(picture.bytes.subarray(0, 8)).toEqual(PNG_MAGIC);
  }
}

function shapeOf(nested: unknown): number[] {
  return Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [];
}
