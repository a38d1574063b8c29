import { beforeAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../src/model/runtime/onnx/onnx-runtime.ts';
import { InterruptedError } from '../../src/queue/queues.ts';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { streamOf } from '../store/support.ts';
import type { TrainPayload, TrainResult } from '../../src/queue/jobs.ts';
import { makeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { IMAGE_SIZE, tinyImages } from '../support/tiny-images.ts';
import {
  EPOCH_ENDS,
  LAST_STEP,
  openWorkshop,
  trainUntil,
  watchedJob,
  type WatchedJob,
  type Workshop,
} from './workshop.ts';

const workshop = async () => openWorkshop(await temporaryFolder());

/** A training with the usual settings that nothing disturbs. */
let undisturbed: Workshop & { payload: TrainPayload; result: TrainResult; job: WatchedJob };
beforeAll(async () => {
  const { folder, remove } = await makeFolder();
  const shop = await openWorkshop(folder);
  const [payload, job] = [await shop.order(), watchedJob()];
  undisturbed = { ...shop, payload, job, result: await shop.train(payload, { context: job.context }) };
  return remove;
});

describe('a training job', () => {
  it('writes a line of metrics at the end of each epoch', async () => {
    const { store, payload, result } = undisturbed;
    const lines = await store.models.readMetrics(payload.modelId);
    expect(lines.map(({ step }) => step)).toEqual(EPOCH_ENDS);
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    for (const line of lines) {
      const { validation_log_likelihood: likelihood, validation_kl_divergence: divergence } = line;
      expect(line.validation_elbo).toBeCloseTo((likelihood ?? NaN) - (divergence ?? NaN), 4);
      expect(line.train_elbo).toBeLessThan(0);
      expect(line.rows_per_second).toBeGreaterThan(0);
    }
    const last = lines.at(-1)?.validation_elbo;
    expect(last).toBeGreaterThan(lines[0]?.validation_elbo ?? Infinity);
    expect(result).toMatchObject({ outcome: 'succeeded', step: LAST_STEP, validationElbo: last });
  });

  it('writes a bound of its own for each epoch, however short, also when it was interrupted', async () => {
    const shop = await workshop();
    const short = { epochs: 12, minibatch_size: 135 };
    const [whole, broken] = [await shop.order(short), await shop.order(short)];
    await shop.train(whole);
    await trainUntil(shop, broken, 11, 'shutdown');
    await shop.train(broken);
    for (const { modelId } of [whole, broken]) {
      const bounds = (await shop.store.models.readMetrics(modelId)).map(({ train_elbo }) => train_elbo);
      expect(bounds).toHaveLength(12);
      expect(new Set(bounds).size).toBe(12);
    }
  });

  it('can have a budget in steps, and rounds of its own: interrupted or not, the same metrics and bytes', async () => {
    const shop = await workshop();
    const budget = { epochs: undefined, steps: 47, validate_every_steps: 10 };
    const [whole, broken] = [await shop.order(budget), await shop.order(budget)];
    await shop.train(whole);
    await trainUntil(shop, broken, 25, 'shutdown');
    await shop.train(broken);
    for (const { modelId } of [whole, broken]) {
      const lines = await shop.store.models.readMetrics(modelId);
      expect(lines.map(({ step, epoch }) => [step, epoch])).toEqual([
        [0, 0],
        [10, 0],
        [20, 1],
        [30, 2],
        [40, 2],
        [47, 3],
      ]);
    }
    expect(await shop.bytes(broken.modelId, 47)).toEqual(await shop.bytes(whole.modelId, 47));
    const checkpoints = await shop.store.models.listCheckpoints(whole.modelId);
    expect(checkpoints.map(({ step }) => step)).toEqual([0, 10, 20, 30, 40, 47]);
    expect(checkpoints.every(({ validation_elbo: bound }) => bound !== null)).toBe(true);
  });

  it('compares its default checkpoint with the floors, in its result and in the record of the model', async () => {
    const { store, order, train } = await workshop();
    const optimizer = { name: 'adam', learning_rate: 0.01 };
    const payload = await order({ steps: 300, epochs: undefined, validate_every_steps: 100, optimizer });
    const { comparison } = await train(payload);
    expect(comparison).toMatchObject({ step: 300, rows: 30 });
    const record = await store.models.get(payload.modelId);
    expect(record.comparison).toEqual(comparison);
  });

  it('starts at the floor if its weights are small, and says when it has not left it', async () => {
    const { order, train } = await workshop();
    const optimizer = { name: 'sgd', learning_rate: 1e-9 };
    const still = { epochs: undefined, steps: 2, validate_every_steps: 1, initializer: 'paper', optimizer };
    const { comparison } = await train(await order(still));
    expect(Math.abs(comparison?.gain.mean ?? NaN)).toBeLessThan(0.05);
    expect(comparison?.above_floor).toBe(false);
  });

  it('tells its progress from the start to the end', () => {
    const { job } = undisturbed;
    const steps = job.progress.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(job.progress[0]).toMatchObject({ step: 0, totalSteps: LAST_STEP, epoch: 0, trainElbo: null });
    expect(job.progress.at(-1)).toMatchObject({
      step: LAST_STEP,
      totalSteps: LAST_STEP,
      epoch: 4,
      epochs: 4,
      secondsLeft: 0,
      runtime: 'onnx/cpu',
      pid: process.pid,
    });
  });

  it('writes a checkpoint every so many epochs and at the end', async () => {
    const { store, order, train } = await workshop();
    const payload = await order({ checkpoint_every_epochs: 3 });
    await train(payload);
    const records = await store.models.listCheckpoints(payload.modelId);
    expect(records.map(({ step, epoch }) => [step, epoch])).toEqual([
      [41, 3],
      [54, 4],
    ]);
  });

  it('keeps the newest checkpoints and the best one', async () => {
    const { store, order, train, upload } = await workshop();
    const images = tinyImages(300);
    // Test rows that are the others turned inside out: the more is learned, the worse they are explained.
    images.subarray(270 * IMAGE_SIZE).forEach((value, i, rows) => {
      rows[i] = 255 - value;
    });
    const ordered = await order({ keep_checkpoints: 2 }, {}, await upload(images, 30));
    const payload = { ...ordered, split: 'test_rows_validate' } as const;
    await train(payload);
    const elbos = (await store.models.readMetrics(payload.modelId)).map((line) => line.validation_elbo);
    expect(elbos[0]).toBe(Math.max(...elbos.map((elbo) => elbo ?? NaN)));
    const kept = await store.models.listCheckpoints(payload.modelId);
    expect(kept.map(({ step }) => step)).toEqual([14, 41, 54]);
    const best = await store.models.loadCheckpoint(payload.modelId, 'best', { optimizer: false });
    expect(best).toMatchObject({ step: 14, validationElbo: elbos[0] });
  });

  it('trains and validates without validation rows', async () => {
    const { store, order, train } = await workshop();
    const payload = await order({ validation_fraction: 0, epochs: 1 });
    expect(await train(payload)).toEqual({
      outcome: 'succeeded',
      step: 15,
      validationElbo: null,
      comparison: null,
    });
    expect(await store.models.readMetrics(payload.modelId)).toMatchObject([{ validation_elbo: null }]);
  });

  it('watches test rows without being influenced by them', async () => {
    const { store, order, train, upload, bytes } = await workshop();
    const dataset = await upload(tinyImages(300), 30);
    const training = { validation_fraction: 0, early_stopping: { patience_epochs: 100 } };
    const [watching, blind] = [
      await order({ ...training, watch_test_rows: true }, {}, dataset),
      await order(training, {}, dataset),
    ];
    // Test rows validated models of earlier versions: the same rows with the same noise.
    const earlier = { ...(await order(training, {}, dataset)), split: 'test_rows_validate' } as const;
    for (const payload of [watching, blind, earlier]) await train(payload);
    const metrics = async (modelId: string) => store.models.readMetrics(modelId);
    const watched = (await metrics(watching.modelId)).map((line) => line.test_elbo);
    expect(watched).toEqual((await metrics(earlier.modelId)).map((line) => line.validation_elbo));
    expect(watched).not.toContain(null);
    for (const { modelId } of [watching, blind]) {
      for (const line of await metrics(modelId)) expect(line.validation_elbo).toBeNull();
    }
    expect(await bytes(watching.modelId, LAST_STEP)).toEqual(await bytes(blind.modelId, LAST_STEP));
    expect(await bytes(watching.modelId, LAST_STEP)).toEqual(await bytes(earlier.modelId, LAST_STEP));
  });

  it('goes on when the bound of watched test rows is not a number', async () => {
    const { store, order, train } = await workshop();
    const line = (i: number) => [Math.sin(i), i < 90 ? Math.cos(i) : NaN];
    const values = Array.from({ length: 100 }, (_, i) => line(i)).flat();
    const table = encodeNpy([100, 2], Float32Array.from(values));
    const { id } = await store.datasets.create(streamOf(table), { name: 'gaps', testRows: 10 });
    const payload = await order(
      { epochs: 1, watch_test_rows: true },
      { likelihood: { family: 'gaussian' } },
      id,
    );
    expect(await train(payload)).toMatchObject({ outcome: 'succeeded' });
    const [metrics] = await store.models.readMetrics(payload.modelId);
    expect(metrics).toMatchObject({ test_elbo: null, test_log_likelihood: null, test_kl_divergence: null });
    expect(metrics?.validation_elbo).not.toBeNull();
  });

  it('ends with the same bytes for the same seed, with others for another', async () => {
    const { order, train, bytes } = await workshop();
    const [same, other] = [await order(), await order({ seed: 4 })];
    for (const payload of [same, other]) await train(payload);
    const reference = await undisturbed.bytes(undisturbed.payload.modelId, LAST_STEP);
    expect(await bytes(same.modelId, LAST_STEP)).toEqual(reference);
    expect(await bytes(other.modelId, LAST_STEP)).not.toEqual(reference);
  });

  it('ends with the same bytes on two threads, interrupted or not', async () => {
    const shop = await workshop();
    const network = { hidden_sizes: [200] };
    const model = { encoder: network, decoder: network };
    const runtime = createOnnxRuntime({ device: 'cpu', threads: 2 });
    const [whole, broken] = [await shop.order({}, model), await shop.order({}, model)];
    await shop.train(whole, { runtime });
    await trainUntil(shop, broken, 20, 'shutdown', runtime);
    await shop.train(broken, { runtime });
    expect(await shop.bytes(broken.modelId, LAST_STEP)).toEqual(await shop.bytes(whole.modelId, LAST_STEP));
  });

  it('takes the largest seed', async () => {
    const { order, train, upload } = await workshop();
    const dataset = await upload(tinyImages(700), 600);
    const payload = await order({ seed: Number.MAX_SAFE_INTEGER, epochs: 1 }, {}, dataset);
    expect(await train(payload)).toMatchObject({ outcome: 'succeeded', step: 5 });
  });
});

describe('a training job that is told to stop', () => {
  it('ends as cancelled between two chunks and keeps what it learned', async () => {
    const shop = await workshop();
    const payload = await shop.order();
    const outcome = await trainUntil(shop, payload, 1, 'cancel');
    expect(outcome).toMatchObject({ status: 'fulfilled', value: { outcome: 'cancelled', step: 8 } });
    const checkpoint = await shop.store.models.loadCheckpoint(payload.modelId, 'latest', { optimizer: true });
    expect(checkpoint).toMatchObject({ step: 8, epoch: 0, validationElbo: null });
  });

  it('is interrupted by a shutdown, and goes on as if it had not been', async () => {
    const shop = await workshop();
    const broken = await shop.order();
    const whole = undisturbed.payload;
    let interruptions = 0;
    for (;;) {
      const outcome = await trainUntil(shop, broken, 1, 'shutdown');
      if (outcome.status === 'fulfilled') break;
      expect(outcome.reason).toBeInstanceOf(InterruptedError);
      interruptions++;
    }
    expect(interruptions).toBeGreaterThan(5);
    const reference = await undisturbed.bytes(whole.modelId, LAST_STEP);
    expect(await shop.bytes(broken.modelId, LAST_STEP)).toEqual(reference);

    const bounds = async ({ store }: Workshop, id: string) =>
      (await store.models.readMetrics(id)).map(({ step, epoch, validation_elbo }) => ({
        step,
        epoch,
        validation_elbo,
      }));
    expect(await bounds(shop, broken.modelId)).toEqual(await bounds(undisturbed, whole.modelId));
  });

  it('has done nothing where it was told before its first step', async () => {
    const shop = await workshop();
    const payload = await shop.order();
    const job = watchedJob();
    job.abort('cancel');
    expect(await shop.train(payload, { context: job.context })).toMatchObject({
      outcome: 'cancelled',
      step: 0,
    });
    expect(await shop.store.models.listCheckpoints(payload.modelId)).toEqual([]);
  });

  it('succeeds at once where only its end was not told', async () => {
    const { store, train, payload, result } = undisturbed;
    const lines = await store.models.readMetrics(payload.modelId);
    expect(await train(payload)).toEqual(result);
    expect(await store.models.readMetrics(payload.modelId)).toEqual(lines);
  });
});
