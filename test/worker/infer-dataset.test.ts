import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/model/distributions/quantiles/normal.ts';
import {
  packArray,
  unpackArray,
  unpackBits,
  type InferPayload,
  type InferResult,
  type Operation,
} from '../../src/queue/jobs.ts';
import type { Processor } from '../../src/queue/queues.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { tinyImages } from '../support/tiny-images.ts';
import { inferContext, operationOn, packedImages } from './inference-orders.ts';
import { cpu, openWorkshop, type Workshop } from './workshop.ts';

let folder: string;
let shop: Workshop;
let infer: Processor<'infer'>;
/** On the same 300 images: with a tenth held out, and with the last 20 for testing. */
let [held, tested] = ['', ''];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  shop = await openWorkshop(folder);
  held = await trained();
  tested = await trained(await shop.upload(tinyImages(300), 20));
  infer = createInferProcessor({ runtime: cpu(), store: shop.store, warn: () => undefined });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function trained(datasetId?: string): Promise<string> {
  const payload = await shop.order({ epochs: 1 }, {}, datasetId);
  await shop.train(payload);
  return payload.modelId;
}

async function ask(modelId: string, operation: Operation, fields: Partial<InferPayload> = {}) {
  const result: InferResult = await infer(inferContext(), operationOn(modelId, operation, fields));
  const array = (name: string): number[] => {
    const packed = result.arrays[name];
    return packed ? [...unpackArray(packed).data] : [];
  };
  const rows = result.arrays['rows'];
  return { array, rows: rows ? [...unpackBits(rows)] : [], names: Object.keys(result.arrays) };
}

const image = (row: number): number[] =>
  Array.from(tinyImages(300).subarray(row * 64, (row + 1) * 64), (value) => Math.fround(value / 255));

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expect(found.length).toBeGreaterThan(0);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
  });
}

const encoded = async (rows: number): Promise<number[]> =>
  (await ask(tested, 'encode', { rows: packedImages(rows) })).array('mean');

describe('inference on rows of the data set', () => {
  it('reconstructs them as if they had been sent, and answers them too', async () => {
    const { array } = await ask(tested, 'reconstruct', { datasetRows: [3, 0] });
    expectClose(array('data'), [...image(3), ...image(0)]);
    const rows = packArray([2, 64], Float32Array.from([...image(3), ...image(0)]));
    expectClose(array('mean'), (await ask(tested, 'reconstruct', { rows })).array('mean'));
  });

  it.each([
    [[300], 'At row 300 of data set ds_'],
    [[0, 2 ** 40], 'allowed: 0 to 299'],
  ])('refuses rows %j, which are not there', async (datasetRows, message) => {
    await expect(ask(tested, 'reconstruct', { datasetRows })).rejects.toThrow(message);
  });

  it('interpolates between the means of two rows', async () => {
    const means = await encoded(8);
    const [from, to] = [means.slice(14), means.slice(4, 6)];
    const { array } = await ask(tested, 'interpolate', { datasetRows: [7, 2], count: 3 });
    const middle = from.map((value, i) => (value + (to[i] ?? NaN)) / 2);
    expectClose(array('latents'), [...from, ...middle, ...to]);
    const rows = packArray([3, 2], Float32Array.from(array('latents')));
    expectClose(array('mean'), (await ask(tested, 'decode', { rows })).array('mean'));
  });

  it('traverses from the mean of a row, the other dimensions held', async () => {
    const base = (await encoded(6)).slice(10);
    const { array } = await ask(tested, 'traversal', { datasetRows: [5], dimension: 1, count: 3 });
    expectClose(array('base'), base);
    expect(array('dimensions')).toEqual([1]);
    const [held = NaN] = base;
    expectClose(array('latents'), [held, normalQuantile(0.01), held, 0, held, normalQuantile(0.99)]);
  });
});

describe('a traversal without a row', () => {
  it('moves every dimension from the medians of the prior', async () => {
    const { array } = await ask(tested, 'traversal', { count: 2 });
    expect(array('base')).toEqual([0, 0]);
    const end = normalQuantile(0.99);
    expectClose(array('latents'), [-end, 0, end, 0, 0, -end, 0, end]);
  });
});

describe('a manifold', () => {
  it('is a grid of quantiles: the first latent rises to the right, the second upwards', async () => {
    const { array } = await ask(tested, 'manifold', { count: 2 });
    const q = normalQuantile(0.75);
    expectClose(array('latents'), [-q, q, q, q, -q, -q, q, -q]);
    const rows = packArray([4, 2], Float32Array.from(array('latents')));
    expectClose(array('mean'), (await ask(tested, 'decode', { rows })).array('mean'));
  });
});

describe('a scatter', () => {
  it('has the means of all rows, also of more than are read at a time', async () => {
    const { array, rows, names } = await ask(tested, 'scatter', { part: 'all', count: 1000 });
    expect(rows).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expectClose(array('mean'), await encoded(300));
    expect(names).not.toContain('labels');
  });

  it('takes the test rows of the data set, or the validation rows if there are none', async () => {
    const own = await ask(tested, 'scatter', { count: 1000 });
    expect(own.rows).toEqual(Array.from({ length: 20 }, (_, i) => 280 + i));
    const validation = await ask(held, 'scatter', { count: 1000 });
    expect(await ask(held, 'scatter', { part: 'validation', count: 1000 })).toMatchObject({
      rows: validation.rows,
    });
    const train = await ask(held, 'scatter', { part: 'train', count: 1000 });
    expect([validation.rows.length, train.rows.length]).toEqual([30, 270]);
    expect(new Set([...validation.rows, ...train.rows]).size).toBe(300);
  });

  it('spreads fewer rows evenly', async () => {
    const { rows } = await ask(tested, 'scatter', { part: 'all', count: 4 });
    expect(rows).toEqual([0, 75, 150, 225]);
  });

  it('says if there are no such rows', async () => {
    const payload = await shop.order({ epochs: 1, validation_fraction: 0 });
    await shop.train(payload);
    const scatter = ask(payload.modelId, 'scatter', { part: 'test', count: 5 });
    await expect(scatter).rejects.toThrow('At rows: found no test rows: the data set has none');
  });
});
