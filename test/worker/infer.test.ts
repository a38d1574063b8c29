import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  packArray,
  unpackArray,
  type InferPayload,
  type InferResult,
  type Operation,
} from '../../src/queue/jobs.ts';
import type { Processor } from '../../src/queue/queues.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { inferContext, operationOn, packedImages } from './inference-orders.ts';
import { cpu, LAST_STEP, openWorkshop } from './workshop.ts';

let folder: string;
let modelId: string;
let infer: Processor<'infer'>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  const shop = await openWorkshop(folder);
  const payload = await shop.order();
  await shop.train(payload);
  modelId = payload.modelId;
  infer = createInferProcessor({ runtime: cpu(), store: shop.store, warn: () => undefined });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(operation: Operation, fields: Partial<InferPayload> = {}) {
  const result: InferResult = await infer(inferContext(), operationOn(modelId, operation, fields));
  const arrays = Object.entries(result.arrays).map(([name, packed]) => [name, unpackArray(packed)] as const);
  return { ...result, arrays: new Map(arrays) };
}

/** Names and shapes of what an operation answers for 10 rows, or 10 samples, of 64 values and 2 latents. */
const SHAPES: Readonly<Record<Operation, Record<string, number[]>>> = {
  encode: { mean: [10, 2], standard_deviation: [10, 2], samples: [3, 10, 2] },
  decode: { mean: [10, 64] },
  reconstruct: { mean: [10, 64] },
  sample: { latents: [10, 2], mean: [10, 64] },
  elbo: { elbo: [10], log_likelihood: [10], kl_divergence: [10], standard_error: [10] },
  log_marginal_likelihood: {
    log_marginal_likelihood: [10],
    standard_error: [10],
    effective_sample_size: [10],
  },
  manifold: { latents: [9, 2], mean: [9, 64] },
  traversal: { base: [1, 2], dimensions: [2], latents: [6, 2], mean: [6, 64] },
  interpolate: { latents: [3, 2], mean: [3, 64] },
  scatter: { mean: [3, 2], rows: [3] },
};

const WITHOUT_ROWS: readonly Operation[] = ['manifold', 'traversal', 'scatter'];

function fieldsOf(operation: Operation): Partial<InferPayload> {
  if (operation === 'sample') return { count: 10 };
  if (operation === 'decode') return { rows: packArray([10, 2], new Float32Array(20).fill(0.5)) };
  if (operation === 'log_marginal_likelihood') {
    return { rows: packedImages(10), marginal: { method: 'importance_sampling', samples: 20 } };
  }
  if (operation === 'interpolate') return { datasetRows: [299, 0], count: 3 };
  return { rows: WITHOUT_ROWS.includes(operation) ? null : packedImages(10), count: 3 };
}

describe('the inference processor', () => {
  it.each(Object.keys(SHAPES) as Operation[])(
    'answers %s with finite arrays, the same again',
    async (name) => {
      const answer = await ask(name, fieldsOf(name));
      expect(answer.step).toBe(LAST_STEP);
      expect(answer.computeMs).toBeGreaterThan(0);
      const shapes = [...answer.arrays].map(([array, { shape }]) => [array, shape] as const);
      expect(Object.fromEntries(shapes)).toEqual(SHAPES[name]);
      for (const { data } of answer.arrays.values()) expect(data.every(Number.isFinite)).toBe(true);
      expect((await ask(name, fieldsOf(name))).arrays).toEqual(answer.arrays);
    },
  );

  it.each([
    ['encode', ['mean', 'standard_deviation'], ['samples']],
    ['sample', [], ['latents', 'mean']],
    ['elbo', ['kl_divergence'], ['elbo', 'log_likelihood', 'standard_error']],
  ] as const)('draws other noise for another seed in %s', async (name, same, different) => {
    const one = (await ask(name, fieldsOf(name))).arrays;
    const other = (await ask(name, { ...fieldsOf(name), seed: 1 })).arrays;
    for (const array of same) expect(other.get(array)).toEqual(one.get(array));
    for (const array of different) expect(other.get(array)).not.toEqual(one.get(array));
  });

  it('estimates the log marginal likelihood in two ways, both above the bound', async () => {
    const rows = packedImages(10);
    const asked = async (marginal: NonNullable<InferPayload['marginal']>) =>
      (await ask('log_marginal_likelihood', { rows, marginal })).arrays;
    const sampled = await asked({ method: 'importance_sampling', samples: 1000 });
    const fitted = await asked({ method: 'posterior_density', samples: 50, leapfrog_steps: 4 });
    const { arrays: bound } = await ask('elbo', { rows, count: 100 });
    const of = (found: typeof sampled) => Array.from(found.get('log_marginal_likelihood')?.data ?? []);
    expect(of(sampled)).toHaveLength(10);
    of(sampled).forEach((value, row) => {
      expect(value).toBeGreaterThan((bound.get('elbo')?.data[row] ?? NaN) - 0.5);
      expect(Math.abs(value - (of(fitted)[row] ?? NaN))).toBeLessThan(0.5);
    });
    expect(fitted.get('acceptance')?.data[0]).toBeGreaterThan(0.7);
  });

  it('leaves samples out where none are asked for', async () => {
    expect([...(await ask('encode', { rows: packedImages(1) })).arrays.keys()]).toEqual([
      'mean',
      'standard_deviation',
    ]);
  });

  it('answers an elbo that is the log likelihood less the divergence, which is not negative', async () => {
    const { arrays } = await ask('elbo', fieldsOf('elbo'));
    const [likelihood, divergence] = [arrays.get('log_likelihood'), arrays.get('kl_divergence')];
    arrays.get('elbo')?.data.forEach((elbo, row) => {
      expect(elbo).toBeCloseTo((likelihood?.data[row] ?? NaN) - (divergence?.data[row] ?? NaN), 3);
      expect(divergence?.data[row]).toBeGreaterThanOrEqual(0);
    });
  });

  it('decodes the means of the encoder to the reconstruction', async () => {
    const means = (await ask('encode', { rows: packedImages(10) })).arrays.get('mean');
    const rows = packArray([10, 2], means?.data ?? new Float32Array());
    const decoded = (await ask('decode', { rows })).arrays.get('mean')?.data ?? [];
    const reconstructed = (await ask('reconstruct', { rows: packedImages(10) })).arrays.get('mean')?.data;
    expect(decoded).toHaveLength(640);
    decoded.forEach((value, i) => {
      expect(value).toBeCloseTo(reconstructed?.[i] ?? NaN, 5);
    });
  });

  it('answers a row the same whatever stands beside it', async () => {
    const many = (await ask('encode', { rows: packedImages(70) })).arrays.get('mean')?.data ?? [];
    const one = (await ask('encode', { rows: packedImages(1) })).arrays.get('mean')?.data ?? [];
    expect(many).toHaveLength(140);
    one.forEach((value, i) => {
      expect(value).toBeCloseTo(many[i] ?? NaN, 5);
    });
  });

  it('answers from the checkpoint that is named', async () => {
    expect(await ask('sample', { count: 1, checkpoint: 14 })).toMatchObject({ step: 14 });
    await expect(ask('sample', { count: 1, checkpoint: 15 })).rejects.toMatchObject({
      code: 'checkpoint_not_found',
    });
  });

  it.each(['encode', 'decode', 'reconstruct', 'elbo'] as const)(
    'refuses rows of another width in %s',
    async (name) => {
      const rows = packArray([2, 5], new Float32Array(10));
      await expect(ask(name, { rows })).rejects.toMatchObject({ code: 'data_invalid' });
    },
  );
});
