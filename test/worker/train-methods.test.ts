import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { inferContext, imageRows, operationOn, sampleOf } from './inference-orders.ts';
import { cpu, EPOCH_ENDS, LAST_STEP, openWorkshop, trainUntil, watchedJob } from './workshop.ts';

const workshop = async () => openWorkshop(await temporaryFolder());

const TRAININGS: readonly { training: object; model?: object }[] = [
  { training: { algorithm: { name: 'wake_sleep' } } },
  { training: { algorithm: { name: 'mcem', leapfrog_steps: 3 } } },
  { training: { algorithm: { name: 'full_vb' } } },
  { training: { binarization: 'static' } },
  { training: { binarization: 'dynamic', learning_rate_schedule: { name: 'cosine' } } },
  { training: {}, model: { likelihood: { family: 'gaussian', standardise: 'per_element' } } },
  { training: {}, model: { posterior: { family: 'gamma' }, prior: { family: 'gamma' } } },
  { training: {}, model: { posterior: { family: 'logistic' }, prior: { family: 'logistic' } } },
];

describe.each(TRAININGS)('a training with %j', ({ training, model = {} }) => {
  it('ends with the same bytes when it was interrupted', async () => {
    const shop = await workshop();
    const [whole, broken] = [await shop.order(training, model), await shop.order(training, model)];
    await shop.train(whole);
    await trainUntil(shop, broken, 20, 'shutdown');
    await shop.train(broken);
    expect(await shop.bytes(broken.modelId, LAST_STEP)).toEqual(await shop.bytes(whole.modelId, LAST_STEP));
  });
});

describe('a model trained by mcem', () => {
  it('decodes and samples, and says that it has no encoder', async () => {
    const { store, order, train } = await workshop();
    const payload = await order({ algorithm: { name: 'mcem' } });
    const result = await train(payload);
    expect(result).toEqual({ outcome: 'succeeded', step: LAST_STEP, validationElbo: null, comparison: null });
    const infer = createInferProcessor({ runtime: cpu(), store, warn: () => undefined });
    const sampled = await infer(inferContext(), sampleOf(payload.modelId, 3));
    expect(sampled.output.mean.shape).toEqual([3, 64]);
    const asked = infer(
      inferContext(),
      operationOn(payload.modelId, 'elbo', {
        rows: imageRows(2),
        draws: 1,
        seed: 0,
        byColumn: false,
      }),
    );
    await expect(asked).rejects.toThrow(AppError);
    await expect(asked).rejects.toMatchObject({ code: 'no_encoder' });
  });
});

describe('a model of standardised values', () => {
  it('is not ready before its first checkpoint, and answers by its transform after it', async () => {
    const { order, train, store } = await workshop();
    const payload = await order({}, { likelihood: { family: 'gaussian', standardise: 'per_element' } });
    const infer = createInferProcessor({ runtime: cpu(), store, warn: () => undefined });
    const ask = () => infer(inferContext(), sampleOf(payload.modelId, 2));
    await expect(ask()).rejects.toMatchObject({ code: 'model_not_ready' });
    await train(payload);
    const fresh = createInferProcessor({ runtime: cpu(), store, warn: () => undefined });
    const { output } = await ask();
    expect(output).toEqual((await fresh(inferContext(), sampleOf(payload.modelId, 2))).output);
    expect(output.mean.data.every(Number.isFinite)).toBe(true);
  });

  it('keeps the transform of its training rows, computed once', async () => {
    const { store, order, train } = await workshop();
    const payload = await order({}, { likelihood: { family: 'gaussian', standardise: 'per_element' } });
    await train(payload);
    const { likelihood } = (await store.models.get(payload.modelId)).model;
    if (likelihood.family !== 'gaussian') throw new Error('not the model that was ordered');
    expect(likelihood.transform?.shift).toHaveLength(64);
    expect(likelihood.transform?.scale.every((scale) => scale > 0)).toBe(true);
  });
});

describe('early stopping', () => {
  it('ends a training whose validation bound does not rise, with a checkpoint at its end', async () => {
    const { store, order, train } = await workshop();
    const stopping = { patience_epochs: 2, minimum_gain: 1000 };
    const payload = await order({ epochs: 50, checkpoint_every_epochs: 50, early_stopping: stopping });
    const job = watchedJob();
    const result = await train(payload, { context: job.context });
    const lines = await store.models.readMetrics(payload.modelId);
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(result).toMatchObject({ outcome: 'succeeded', step: lines.at(-1)?.step });
    const [newest] = (await store.models.listCheckpoints(payload.modelId)).slice(-1);
    expect(newest?.step).toBe(result.step);
  });

  it('ends an interrupted training at the same step', async () => {
    const shop = await workshop();
    const stopping = { patience_epochs: 2, minimum_gain: 1000 };
    const payload = await shop.order({ epochs: 50, early_stopping: stopping });
    await trainUntil(shop, payload, 30, 'shutdown');
    expect(await shop.train(payload)).toMatchObject({ outcome: 'succeeded', step: EPOCH_ENDS[2] });
    const lines = await shop.store.models.readMetrics(payload.modelId);
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });
});

describe('a training whose last step leaves the finite numbers', () => {
  it('fails, though nothing validates it, and keeps no checkpoint that cannot answer', async () => {
    const { store, order, train } = await workshop();
    const wild = { epochs: 1, validation_fraction: 0, optimizer: { name: 'sgd', learning_rate: 20 } };
    const payload = await order(wild, { likelihood: { family: 'gaussian' } });
    await expect(train(payload)).rejects.toMatchObject({ code: 'training_diverged' });
    expect(await store.models.listCheckpoints(payload.modelId)).toEqual([]);
  });
});
