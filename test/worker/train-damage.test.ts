import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isRetryable } from '../../src/errors.ts';
import type { TrainPayload } from '../../src/queue/jobs.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { createModelStore } from '../../src/store/model-store.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { inferContext, sampleOf } from './inference-orders.ts';
import { cpu, LAST_STEP, openWorkshop, trainUntil, undisturbedBytes, type Workshop } from './workshop.ts';

const workshop = async () => openWorkshop(await temporaryFolder());

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.length - 5;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  await writeFile(path, bytes);
}

const DAMAGES: Readonly<Record<string, (at: (file: string) => string) => Promise<void>>> = {
  'a flipped bit in its parameters': (at) => flipByte(at('parameters.safetensors')),
  'half of its optimizer state': (at) => truncate(at('optimizer.safetensors'), 100),
  'no parameters': (at) => rm(at('parameters.safetensors')),
  'a torn checkpoint.json': (at) => truncate(at('checkpoint.json'), 20),
};

describe('a newest checkpoint with', () => {
  it.each(Object.keys(DAMAGES))('%s is skipped, and the end is the same', async (name) => {
    const shop = await workshop();
    const damaged = await shop.order();
    await trainUntil(shop, damaged, 27, 'shutdown');
    const newest = (await shop.store.models.listCheckpoints(damaged.modelId)).at(-1)?.step ?? 0;
    expect(newest).toBeGreaterThanOrEqual(27);
    await DAMAGES[name]?.((file) => shop.path(damaged.modelId, newest, file));

    await shop.train(damaged);
    expect(shop.warnings).toEqual([expect.stringContaining(`checkpoint of step ${newest} is damaged`)]);
    expect(await shop.bytes(damaged.modelId, LAST_STEP)).toEqual(await undisturbedBytes());
    const lines = await shop.store.models.readMetrics(damaged.modelId);
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });

  it('nothing good before it makes the training begin anew', async () => {
    const shop = await workshop();
    const damaged = await shop.order();
    await trainUntil(shop, damaged, 1, 'shutdown');
    await flipByte(shop.path(damaged.modelId, 8, 'parameters.safetensors'));
    await shop.train(damaged);
    expect(await shop.bytes(damaged.modelId, LAST_STEP)).toEqual(await undisturbedBytes());
  });
});

const WILD = { optimizer: { name: 'sgd', learning_rate: 1000 } };
const GAUSSIAN = { likelihood: { family: 'gaussian', mean: 'free', variance: 'per_element' } };

async function isFinite(shop: Workshop, { modelId }: TrainPayload): Promise<boolean> {
  const records = await shop.store.models.listCheckpoints(modelId);
  const contents = await Promise.all(
    records.map(({ step }) => shop.store.models.loadCheckpoint(modelId, step, { optimizer: true })),
  );
  const arrays = contents.flatMap((content) => Object.values(content?.parameters ?? {}));
  return (
    contents.every((content) => content !== null) && arrays.every(({ data }) => data.every(Number.isFinite))
  );
}

describe('a training job that diverges', () => {
  it.each([{}, GAUSSIAN])('fails, names the step, and writes nothing (%o)', async (model) => {
    const shop = await workshop();
    const payload = await shop.order({ ...WILD, epochs: 20 }, model);
    await expect(shop.train(payload)).rejects.toMatchObject({
      code: 'training_diverged',
      message: expect.stringMatching(/not finite at step \d+\. There was no checkpoint/) as unknown,
    });
    expect(await shop.store.models.listCheckpoints(payload.modelId)).toEqual([]);
  });

  it('fails at the end of a short epoch, also where nothing validates', async () => {
    const shop = await workshop();
    const payload = await shop.order({ ...WILD, epochs: 1, validation_fraction: 0 }, GAUSSIAN);
    await expect(shop.train(payload)).rejects.toMatchObject({
      code: 'training_diverged',
      message: expect.stringContaining('the bound is not finite at step 14') as unknown,
    });
    expect(await shop.store.models.listCheckpoints(payload.modelId)).toEqual([]);
  });

  it.each(['cancel', 'shutdown'] as const)(
    'writes nothing when a %s comes before it is noticed',
    async (reason) => {
      const shop = await workshop();
      const outcome = await trainUntil(shop, await shop.order(WILD, GAUSSIAN), 1, reason);
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'training_diverged' } });
    },
  );

  it('keeps its last good checkpoint, and the model answers from it', async () => {
    const shop = await workshop();
    const payload = await shop.order({ optimizer: { name: 'sgd', learning_rate: 0.001 } }, GAUSSIAN);
    await trainUntil(shop, payload, 14, 'shutdown');
    const good = (await shop.store.models.listCheckpoints(payload.modelId)).at(-1)?.step ?? 0;
    const wild = {
      ...payload,
      training: { ...payload.training, optimizer: { ...payload.training.optimizer } },
    };
    wild.training.optimizer.learning_rate = 1000;

    await expect(shop.train(wild)).rejects.toMatchObject({
      code: 'training_diverged',
      message: expect.stringContaining(`The checkpoint of step ${good} is kept and usable`) as unknown,
    });
    expect((await shop.store.models.listCheckpoints(payload.modelId)).at(-1)?.step).toBe(good);
    expect(await isFinite(shop, payload)).toBe(true);
    const infer = createInferProcessor({ runtime: cpu(), store: shop.store, warn: () => undefined });
    expect(await infer(inferContext(), sampleOf(payload.modelId, 2))).toMatchObject({
      step: good,
    });
  });
});

describe('a training job on a full disk', () => {
  it('fails so that it is tried again, keeps its checkpoints, and goes on when there is room', async () => {
    const folder = await temporaryFolder();
    const shop = await openWorkshop(folder);
    const driver = fsDriver(folder);
    const full = createModelStore({
      ...driver,
      write: (key, source) =>
        driver.write(key, key.includes('/000000000041/optimizer') ? cutShort() : source),
    });
    const payload = await shop.order();
    const failure: unknown = await shop
      .train(payload, { store: { ...shop.store, models: full } })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'store_full',
      message: expect.stringMatching(/store models\/.*\/optimizer.safetensors \(ENOSPC\)/) as unknown,
    });
    expect(isRetryable(failure)).toBe(true);
    expect(await driver.list(`models/${payload.modelId}/checkpoints`)).toHaveLength(2);
    const steps = (await shop.store.models.listCheckpoints(payload.modelId)).map(({ step }) => step);
    expect(steps).toEqual([14, 27]);
    expect(await isFinite(shop, payload)).toBe(true);

    await shop.train(payload);
    expect(await shop.bytes(payload.modelId, LAST_STEP)).toEqual(await undisturbedBytes());
  });
});

/** The bytes of a file that finds no room any more. */
async function* cutShort(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1000);
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}
