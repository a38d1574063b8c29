import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import {
  EvaluatePayload,
  PAYLOAD_VERSIONS,
  type EvaluateProgress,
  type EvaluateResult,
  type TrainPayload,
} from '../../src/queue/jobs.ts';
import { InterruptedError } from '../../src/queue/queues.ts';
import { compileCheck } from '../../src/validation.ts';
import { createEvaluateProcessor } from '../../src/worker/processors/evaluate.ts';
import { tinyImages } from '../support/tiny-images.ts';
import { cpu, LAST_STEP, openWorkshop, type Workshop } from './workshop.ts';

const check = compileCheck(EvaluatePayload, 'The payload');
const runtime = cpu();
let folder: string;
let shop: Workshop;
/** A training of 300 images, 30 of them held out, that has ended. */
let trained: TrainPayload;
let elbos: (number | null)[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  shop = await openWorkshop(folder);
  trained = await shop.order();
  await shop.train(trained);
  elbos = (await shop.store.models.readMetrics(trained.modelId)).map((line) => line.validation_elbo);
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

type Order = Partial<Omit<EvaluatePayload, 'evaluation'>> & { evaluation?: object };

interface Hands {
  readonly onProgress?: (news: EvaluateProgress, abort: (reason: string) => void) => void;
}

async function evaluate({ evaluation, ...fields }: Order = {}, { onProgress }: Hands = {}) {
  const { modelId, datasetId } = trained;
  const payload = check({
    version: PAYLOAD_VERSIONS.evaluate,
    modelId,
    checkpoint: 'latest',
    datasetId,
    ...fields,
    evaluation: { ...evaluation },
  });
  const controller = new AbortController();
  const processor = createEvaluateProcessor({ runtime, store: shop.store, warn: () => undefined });
  return processor(
    {
      jobId: createId('job'),
      attempt: 1,
      signal: controller.signal,
      reportProgress: async (news) => {
        onProgress?.(news, (reason) => {
          controller.abort(reason);
        });
      },
    },
    payload,
  );
}

function succeeded(result: EvaluateResult) {
  if (result.outcome !== 'succeeded') throw new Error('it was cancelled');
  return result;
}

const ALL_MEASURES = [
  { name: 'elbo', samples: 2 },
  { name: 'log_marginal_likelihood', samples: 20 },
  { name: 'log_marginal_likelihood', method: 'posterior_density', samples: 5, leapfrog_steps: 2 },
  { name: 'latents' },
  { name: 'floors' },
  { name: 'gradient_variance', minibatch_size: 10, draws: 5 },
];

describe('an evaluation job', () => {
  it('takes every measure and says by what protocol', async () => {
    const report = succeeded(await evaluate({ evaluation: { measures: ALL_MEASURES, seed: 5 } }));
    expect(report.protocol).toEqual({
      model_id: trained.modelId,
      step: LAST_STEP,
      dataset_id: trained.datasetId,
      rows: 'validation',
      influenced: [],
      count: 30,
      binarization: 'none',
      seed: 5,
      unit: 'nats per row',
      data_size: 64,
      likelihood: 'bernoulli',
      kind: 'score',
    });
    // Four epochs of few steps are not enough to be better than the means of the pixels.
    expect(report.elbo?.mean).toBeLessThan(report.floors?.independent.mean ?? NaN);
    expect(report.warnings).toEqual([
      expect.stringMatching(/scores, not log probabilities/),
      expect.stringMatching(/worse than independent elements/),
    ]);
    expect(report.log_marginal_likelihood?.map(({ method }) => method)).toEqual([
      'importance_sampling',
      'posterior_density',
    ]);
    expect(report.latents?.dimensions).toHaveLength(2);
    expect(report.gradient_variance?.estimators).toHaveLength(4);
    // One draw each, as the training validated, but other noise.
    expect(report.elbo?.mean).toBeCloseTo(elbos.at(-1) ?? NaN, 0);
  });

  it('gives the same numbers again, also when it was interrupted before, and others for another seed', async () => {
    const evaluation = { measures: ALL_MEASURES };
    const whole = await evaluate({ evaluation });
    const seen: string[] = [];
    const stop: Hands = {
      onProgress: ({ measure }, abort) => {
        seen.push(measure);
        abort('shutdown');
      },
    };
    await expect(evaluate({ evaluation }, stop)).rejects.toBeInstanceOf(InterruptedError);
    expect(seen).toEqual(['elbo']);
    expect(await evaluate({ evaluation })).toEqual(whole);
    const other = succeeded(await evaluate({ evaluation: { ...evaluation, seed: 1 } }));
    expect(other.elbo?.mean).not.toBe(succeeded(whole).elbo?.mean);
    expect(other.floors).toEqual(succeeded(whole).floors);
  });

  it('ends as cancelled between two batches', async () => {
    const cancel: Hands = {
      onProgress: (_news, abort) => {
        abort('cancel');
      },
    };
    expect(await evaluate({ evaluation: { measures: ALL_MEASURES } }, cancel)).toEqual({
      outcome: 'cancelled',
    });
  });

  it('tells which measure it takes, to the end', async () => {
    const news: EvaluateProgress[] = [];
    await evaluate({}, { onProgress: (one) => news.push(one) });
    expect(news.at(-1)).toEqual({
      measure: 'floors',
      rowsDone: 30,
      rows: 30,
      secondsLeft: 0,
      runtime: 'onnx/cpu',
      pid: process.pid,
    });
  });

  it('evaluates the checkpoint and the rows that are asked for', async () => {
    const measures = [{ name: 'elbo' }];
    const early = succeeded(await evaluate({ checkpoint: 14, evaluation: { measures } }));
    expect(early.protocol.step).toBe(14);
    expect(early.elbo?.mean).toBeCloseTo(elbos[0] ?? NaN, 0);
    const counted = async (rows: string, limit?: number) =>
      succeeded(await evaluate({ evaluation: { measures, rows, ...(limit !== undefined && { limit }) } }));
    expect((await counted('train')).protocol.count).toBe(270);
    expect((await counted('all')).protocol.count).toBe(300);
    expect((await counted('all', 7)).protocol).toMatchObject({ rows: 'all', count: 7 });
    await expect(evaluate({ checkpoint: 15 })).rejects.toMatchObject({ code: 'checkpoint_not_found' });
  });

  it('draws zeros and ones as the training did, or anew', async () => {
    const measures = [{ name: 'floors' }];
    const floor = async (binarization: string, seed: number) => {
      const { protocol, floors } = succeeded(
        await evaluate({ evaluation: { measures, binarization, seed } }),
      );
      expect(protocol).toMatchObject({ binarization, kind: 'log_probability' });
      return floors?.independent.mean;
    };
    expect(await floor('static', 1)).toBe(await floor('static', 2));
    expect(await floor('dynamic', 1)).not.toBe(await floor('dynamic', 2));
    expect(await floor('threshold', 1)).toBe(await floor('threshold', 2));
  });

  it('takes the test rows of another data set, with floors of the rows trained on', async () => {
    const images = tinyImages(50).map((value) => 255 - value);
    const datasetId = await shop.upload(Uint8Array.from(images), 20);
    const report = succeeded(await evaluate({ datasetId }));
    expect(report.protocol).toMatchObject({ dataset_id: datasetId, rows: 'test', influenced: [], count: 20 });
    const own = succeeded(await evaluate());
    expect(report.floors?.independent.mean).toBeLessThan(own.floors?.independent.mean ?? NaN);
    const without = await shop.upload(tinyImages(10));
    await expect(evaluate({ datasetId: without })).rejects.toMatchObject({ code: 'data_invalid' });
  });

  it('estimates the likelihood of a model without an encoder, and refuses its bound', async () => {
    const payload = await shop.order({ algorithm: { name: 'mcem', leapfrog_steps: 3 }, epochs: 2 });
    await shop.train(payload);
    const measure = { name: 'log_marginal_likelihood', method: 'posterior_density', samples: 20 };
    const order = { modelId: payload.modelId };
    const report = succeeded(await evaluate({ ...order, evaluation: { measures: [measure] } }));
    expect(report.log_marginal_likelihood?.[0]?.mean).toBeLessThan(0);
    await expect(evaluate(order)).rejects.toMatchObject({ code: 'no_encoder' });
  });

  it('says where a number is not finite', async () => {
    const payload = await shop.order({ epochs: 1 });
    await shop.train(payload);
    const content = await shop.store.models.loadCheckpoint(payload.modelId, 'latest', { optimizer: true });
    if (!content) throw new Error('no checkpoint');
    content.parameters['encoder.output.bias']?.data.fill(1e30);
    await shop.store.models.saveCheckpoint(payload.modelId, { ...content, step: content.step + 1 });
    await expect(evaluate({ modelId: payload.modelId })).rejects.toMatchObject({
      code: 'evaluation_not_finite',
    });
  });
});
