import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/model/distributions/quantiles/normal.ts';
import type { DatasetPart } from '../../src/model/specification.ts';
import type { Matrix } from '../../src/queue/arrays.ts';
import type { Inputs, Operation } from '../../src/queue/operations.ts';
import { createInferProcessor, type InferProcessor } from '../../src/worker/processors/infer.ts';
import { codeOf } from '../store/support.ts';
import { tinyImages } from '../support/tiny-images.ts';
import { imageRows, inferContext, operationOn } from './inference-orders.ts';
import { cpu, openWorkshop, type Workshop } from './workshop.ts';

let folder: string;
let shop: Workshop;
let infer: InferProcessor;
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

const ask = <Name extends Operation>(modelId: string, operation: Name, input: Inputs[Name]) =>
  infer(inferContext(), operationOn(modelId, operation, input)).then(({ output }) => output);

const image = (row: number): number[] =>
  Array.from(tinyImages(300).subarray(row * 64, (row + 1) * 64), (value) => Math.fround(value / 255));

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found).toHaveLength(expected.length);
  expect(found.length).toBeGreaterThan(0);
  Array.from(found).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
  });
}

const encoded = async (rows: number): Promise<number[]> => [
  ...(await ask(tested, 'encode', { rows: imageRows(rows), draws: 0, seed: 0 })).mean.data,
];

describe('inference on rows of the data set', () => {
  it('reconstructs them as if they had been sent, and answers them too', async () => {
    const { mean, data } = await ask(tested, 'reconstruct_dataset_rows', { datasetRows: [3, 0] });
    expectClose(data.data, [...image(3), ...image(0)]);
    const rows: Matrix = { shape: [2, 64], data: Float32Array.from([...image(3), ...image(0)]) };
    expectClose(mean.data, (await ask(tested, 'reconstruct', { rows })).mean.data);
  });

  it.each([
    [[300], 'At row 300 of data set ds_'],
    [[0, 2 ** 40], 'allowed: 0 to 299'],
  ])('refuses rows %j, which are not there', async (datasetRows, message) => {
    await expect(ask(tested, 'reconstruct_dataset_rows', { datasetRows })).rejects.toThrow(message);
  });

  it('interpolates between the means of two rows', async () => {
    const means = await encoded(8);
    const [from, to] = [means.slice(14), means.slice(4, 6)];
    const { latents, mean } = await ask(tested, 'interpolate', { from: 7, to: 2, steps: 3 });
    const middle = from.map((value, i) => (value + (to[i] ?? NaN)) / 2);
    expectClose(latents.data, [...from, ...middle, ...to]);
    expectClose(mean.data, (await ask(tested, 'decode', { rows: latents })).mean.data);
  });

  it('traverses from the mean of a row, the other dimensions held', async () => {
    const expected = (await encoded(6)).slice(10);
    const input = { datasetRow: 5, dimension: 1, steps: 3 };
    const { base, dimensions, latents } = await ask(tested, 'traversal', input);
    expectClose(base.data, expected);
    expect([...dimensions.data]).toEqual([1]);
    const [held = NaN] = expected;
    expectClose(latents.data, [held, normalQuantile(0.01), held, 0, held, normalQuantile(0.99)]);
  });
});

describe('a traversal without a row', () => {
  it('moves every dimension from the medians of the prior', async () => {
    const { base, latents } = await ask(tested, 'traversal', { steps: 2 });
    expect([...base.data]).toEqual([0, 0]);
    const end = normalQuantile(0.99);
    expectClose(latents.data, [-end, 0, end, 0, 0, -end, 0, end]);
  });
});

describe('a manifold', () => {
  it('is a grid of quantiles: the first latent rises to the right, the second upwards', async () => {
    const { latents, mean } = await ask(tested, 'manifold', { size: 2 });
    const q = normalQuantile(0.75);
    expectClose(latents.data, [-q, q, q, q, -q, -q, q, -q]);
    expectClose(mean.data, (await ask(tested, 'decode', { rows: latents })).mean.data);
  });
});

describe('a scatter', () => {
  const rowsOf = async (modelId: string, part: DatasetPart) => [
    ...(await ask(modelId, 'scatter', { part, limit: 1000 })).rows.data,
  ];

  it('has the means of all rows, also of more than are read at a time', async () => {
    const output = await ask(tested, 'scatter', { part: 'all', limit: 1000 });
    expect([...output.rows.data]).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expectClose(output.mean.data, await encoded(300));
    expect(output).not.toHaveProperty('labels');
  });

  it('takes the test rows of the data set, or the validation rows if there are none', async () => {
    expect(await rowsOf(tested, 'held_out')).toEqual(Array.from({ length: 20 }, (_, i) => 280 + i));
    const heldOut = await rowsOf(held, 'held_out');
    expect(await rowsOf(held, 'validation')).toEqual(heldOut);
    const train = await rowsOf(held, 'train');
    expect([heldOut.length, train.length]).toEqual([30, 270]);
    expect(new Set([...heldOut, ...train]).size).toBe(300);
  });

  it('spreads fewer rows evenly', async () => {
    const { rows } = await ask(tested, 'scatter', { part: 'all', limit: 4 });
    expect([...rows.data]).toEqual([0, 75, 150, 225]);
  });

  it('says if there are no such rows', async () => {
    const payload = await shop.order({ epochs: 1, validation_fraction: 0 });
    await shop.train(payload);
    const scatter = ask(payload.modelId, 'scatter', { part: 'test', limit: 5 });
    await expect(scatter).rejects.toThrow(
      'At rows: found no test rows: the data set has none; allowed: train, all',
    );
  });

  it('names the parts that have rows', async () => {
    const payload = await shop.order({ epochs: 1, validation_fraction: 0.1 });
    await shop.train(payload);
    const scatter = ask(payload.modelId, 'scatter', { part: 'test', limit: 5 });
    await expect(scatter).rejects.toThrow('allowed: held_out, validation, train, all');
  });
});

describe('a model whose data set was removed', () => {
  it('answers what needs no rows of it, and says what does', async () => {
    const id = await shop.upload(tinyImages(300).reverse(), 20);
    const model = await trained(id);
    const rows = imageRows(2);
    const scored = await ask(model, 'score', { rows, byColumn: false, expected: false });
    await ask(model, 'reconstruct_dataset_rows', { datasetRows: [3] });
    await shop.store.datasets.remove(id);
    const needing = [
      ask(model, 'reconstruct_dataset_rows', { datasetRows: [3] }),
      ask(model, 'interpolate', { from: 0, to: 1, steps: 2 }),
      ask(model, 'traversal', { steps: 2, datasetRow: 1 }),
      ask(model, 'scatter', { part: 'all', limit: 5 }),
    ];
    const codes = await Promise.all(needing.map(codeOf));
    expect(codes).toEqual(needing.map(() => 'dataset_not_found'));
    await ask(model, 'sample', { samples: 2, seed: 0, drawData: true });
    expect(await ask(model, 'score', { rows, byColumn: false, expected: false })).toEqual(scored);
  });
});
