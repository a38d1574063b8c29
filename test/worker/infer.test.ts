import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MarginalSpec } from '../../src/model/specification.ts';
import type { AnyArray, Matrix } from '../../src/queue/arrays.ts';
import type { Inputs, Operation, RowOperation } from '../../src/queue/operations.ts';
import { createInferProcessor, type InferProcessor } from '../../src/worker/processors/infer.ts';
import { imageRows, inferContext, operationOn } from './inference-orders.ts';
import { cpu, LAST_STEP, openWorkshop } from './workshop.ts';

let folder: string;
let modelId: string;
let infer: InferProcessor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  const shop = await openWorkshop(folder);
  const payload = await shop.order();
  await shop.train(payload);
  modelId = payload.modelId;
  infer = createInferProcessor({ runtime: cpu(), store: shop.store, warn: () => undefined });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = <Name extends Operation>(
  operation: Name,
  input: Inputs[Name],
  fields: Parameters<typeof operationOn>[3] = {},
) => infer(inferContext(), operationOn(modelId, operation, input, fields));

/** fidelity.test.ts compares the columns of a table. */
type ImageOperation = Exclude<Operation, 'fidelity'>;

/** What is asked of each operation: 10 rows, or 10 samples, of 64 values and 2 latents. */
const INPUTS: { readonly [Name in ImageOperation]: (seed: number) => Inputs[Name] } = {
  encode: (seed) => ({ rows: imageRows(10), draws: 3, seed }),
  decode: () => ({ rows: { shape: [10, 2], data: new Float32Array(20).fill(0.5) } }),
  reconstruct: () => ({ rows: imageRows(10) }),
  reconstruct_dataset_rows: () => ({ datasetRows: [5, 0, 299] }),
  sample: (seed) => ({ samples: 10, seed, drawData: true }),
  elbo: (seed) => ({ rows: imageRows(10), draws: 3, seed, byColumn: true }),
  log_marginal_likelihood: (seed) => ({
    rows: imageRows(10),
    marginal: { method: 'importance_sampling', samples: 20 },
    seed,
  }),
  score: () => ({ rows: imageRows(10), byColumn: true, expected: true }),
  impute: (seed) => ({ rows: imageRows(10), rounds: 2, draws: 3, seed }),
  manifold: () => ({ size: 3 }),
  traversal: () => ({ steps: 3 }),
  interpolate: () => ({ from: 299, to: 0, steps: 3 }),
  scatter: () => ({ part: 'held_out', limit: 3 }),
};

/** Names and shapes of what it answers. */
const SHAPES: Readonly<Record<ImageOperation, Record<string, number[]>>> = {
  encode: { mean: [10, 2], standard_deviation: [10, 2], samples: [3, 10, 2] },
  decode: { mean: [10, 64] },
  reconstruct: { mean: [10, 64] },
  reconstruct_dataset_rows: { mean: [3, 64], data: [3, 64] },
  sample: { latents: [10, 2], mean: [10, 64], data: [10, 64] },
  elbo: {
    elbo: [10],
    log_likelihood: [10],
    kl_divergence: [10],
    standard_error: [10],
    log_likelihood_by_column: [10, 64],
  },
  log_marginal_likelihood: {
    log_marginal_likelihood: [10],
    standard_error: [10],
    effective_sample_size: [10],
  },
  score: {
    score: [10],
    standard_error: [10],
    at_least: [10],
    calibration_rows: [1],
    surprise: [10, 64],
    excess: [10, 64],
    column_at_least: [10, 64],
    column_rows: [64],
    mean: [10, 64],
  },
  impute: { mean: [10, 64], effective_sample_size: [10], draws: [3, 10, 64] },
  manifold: { latents: [9, 2], mean: [9, 64] },
  traversal: { base: [2], dimensions: [2], latents: [6, 2], mean: [6, 64] },
  interpolate: { latents: [3, 2], mean: [3, 64] },
  scatter: { mean: [3, 2], rows: [3] },
};

async function askUsual<Name extends ImageOperation>(operation: Name, seed = 0) {
  const result = await ask(operation, INPUTS[operation](seed));
  return { result, arrays: new Map(Object.entries<AnyArray>(result.output)) };
}

describe('the inference processor', () => {
  it.each(Object.keys(SHAPES) as ImageOperation[])(
    'answers %s with finite arrays, the same again',
    async (name) => {
      const { result, arrays } = await askUsual(name);
      expect(result.step).toBe(LAST_STEP);
      expect(result.computeMs).toBeGreaterThan(0);
      const shapes = [...arrays].map(([array, { shape }]) => [array, shape] as const);
      expect(Object.fromEntries(shapes)).toEqual(SHAPES[name]);
      for (const { data } of arrays.values()) expect(data.every(Number.isFinite)).toBe(true);
      expect((await askUsual(name)).arrays).toEqual(arrays);
    },
  );

  it.each([
    ['encode', ['mean', 'standard_deviation'], ['samples']],
    ['sample', [], ['latents', 'mean']],
    ['elbo', ['kl_divergence'], ['elbo', 'log_likelihood', 'standard_error']],
  ] as const)('draws other noise for another seed in %s', async (name, same, different) => {
    const { arrays: one } = await askUsual(name);
    const { arrays: other } = await askUsual(name, 1);
    for (const array of same) expect(other.get(array)).toEqual(one.get(array));
    for (const array of different) expect(other.get(array)).not.toEqual(one.get(array));
  });

  it('estimates the log marginal likelihood in two ways, both above the bound', async () => {
    const rows = imageRows(10);
    const estimate = async (marginal: MarginalSpec) =>
      (await ask('log_marginal_likelihood', { rows, marginal, seed: 0 })).output;
    const sampled = await estimate({ method: 'importance_sampling', samples: 1000 });
    const fitted = await estimate({ method: 'posterior_density', samples: 50, leapfrog_steps: 4 });
    const { output: bound } = await ask('elbo', { rows, draws: 100, seed: 0, byColumn: false });
    const values = Array.from(sampled.log_marginal_likelihood.data);
    expect(values).toHaveLength(10);
    values.forEach((value, row) => {
      expect(value).toBeGreaterThan((bound.elbo.data[row] ?? NaN) - 0.5);
      expect(Math.abs(value - (fitted.log_marginal_likelihood.data[row] ?? NaN))).toBeLessThan(0.5);
    });
    expect(fitted.acceptance?.data[0]).toBeGreaterThan(0.7);
  });

  it('stops between batches where nobody waits any more, and answers the next', async () => {
    const input = { rows: imageRows(100), seed: 0, byColumn: false };
    const late = ask('elbo', { ...input, draws: 1000 }, { timeLimitMs: 1 });
    await expect(late).rejects.toMatchObject({ code: 'inference_timeout' });
    expect((await ask('elbo', { ...input, draws: 1 })).output.elbo.data).toHaveLength(100);
  });

  it('leaves out what is not asked for', async () => {
    const rows = imageRows(1);
    const names = async (result: Promise<{ output: object }>) => Object.keys((await result).output);
    expect(await names(ask('encode', { rows, draws: 0, seed: 0 }))).toEqual(['mean', 'standard_deviation']);
    expect(await names(ask('sample', { samples: 1, seed: 0, drawData: false }))).not.toContain('data');
    const bound = ask('elbo', { rows, draws: 1, seed: 0, byColumn: false });
    expect(await names(bound)).not.toContain('log_likelihood_by_column');
  });

  it('answers an elbo that is the log likelihood less the divergence, which is not negative', async () => {
    const { output } = await ask('elbo', INPUTS.elbo(0));
    expect(output.elbo.data).toHaveLength(10);
    output.elbo.data.forEach((elbo, row) => {
      const divergence = output.kl_divergence.data[row] ?? NaN;
      expect(elbo).toBeCloseTo((output.log_likelihood.data[row] ?? NaN) - divergence, 3);
      expect(divergence).toBeGreaterThanOrEqual(0);
    });
  });

  it('decodes the means of the encoder to the reconstruction', async () => {
    const { output: posterior } = await ask('encode', { rows: imageRows(10), draws: 0, seed: 0 });
    const decoded = (await ask('decode', { rows: posterior.mean })).output.mean.data;
    const reconstructed = (await ask('reconstruct', { rows: imageRows(10) })).output.mean.data;
    expect(decoded).toHaveLength(640);
    decoded.forEach((value, i) => {
      expect(value).toBeCloseTo(reconstructed[i] ?? NaN, 5);
    });
  });

  it('answers a row the same whatever stands beside it', async () => {
    const encode = async (rows: Matrix) =>
      (await ask('encode', { rows, draws: 0, seed: 0 })).output.mean.data;
    const [many, one] = [await encode(imageRows(70)), await encode(imageRows(1))];
    expect(many).toHaveLength(140);
    one.forEach((value, i) => {
      expect(value).toBeCloseTo(many[i] ?? NaN, 5);
    });
  });

  it('answers from the checkpoint that is named', async () => {
    const input = INPUTS.sample(0);
    expect(await ask('sample', input, { checkpoint: 14 })).toMatchObject({ step: 14 });
    await expect(ask('sample', input, { checkpoint: 15 })).rejects.toMatchObject({
      code: 'checkpoint_not_found',
    });
  });

  it.each([
    'encode',
    'decode',
    'reconstruct',
    'elbo',
    'log_marginal_likelihood',
  ] as const satisfies RowOperation[])('refuses rows of another width in %s', async (name) => {
    const rows: Matrix = { shape: [2, 5], data: new Float32Array(10) };
    const input = { ...INPUTS[name](0), rows };
    await expect(infer(inferContext(), operationOn(modelId, name, input))).rejects.toMatchObject({
      code: 'data_invalid',
    });
  });
});
