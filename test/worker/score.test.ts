import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inputs, Outputs } from '../../src/queue/operations.ts';
import { createInferProcessor, type InferProcessor } from '../../src/worker/processors/infer.ts';
import { imageRows, inferContext, operationOn } from './inference-orders.ts';
import { cpu, EPOCH_ENDS, LAST_STEP, openWorkshop, trainUntil, type Workshop } from './workshop.ts';

const [FIRST_STEP = 0] = EPOCH_ENDS;
const INPUT: Inputs['score'] = { rows: imageRows(10), byColumn: true, expected: false };

let folder: string;
let shop: Workshop;
let modelId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  shop = await openWorkshop(folder);
  modelId = await train();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(training: object = {}, datasetId?: string): Promise<string> {
  const payload = await shop.order(training, {}, datasetId);
  await shop.train(payload);
  return payload.modelId;
}

/** As a process that has just started. */
const startProcess = (): InferProcessor =>
  createInferProcessor({ runtime: cpu(), store: shop.store, warn: () => undefined });

async function score(
  infer: InferProcessor,
  id: string,
  checkpoint: 'latest' | number = 'latest',
  input = INPUT,
): Promise<Outputs['score']> {
  return (await infer(inferContext(), operationOn(id, 'score', input, { checkpoint }))).output;
}

const calibrationOf = (step: number, id = modelId) => shop.path(id, step, 'calibration.safetensors');
const isStored = async (step: number, id = modelId) =>
  readFile(calibrationOf(step, id)).then(
    () => true,
    () => false,
  );

describe('the calibration of scores', () => {
  it('is stored with the checkpoint that requests use by default when a training has ended', async () => {
    expect(await isStored(LAST_STEP)).toBe(true);
    expect(await isStored(FIRST_STEP)).toBe(false);
  });

  it('is computed and stored on first use for another checkpoint, with the same answers when it is read', async () => {
    const fresh = await score(startProcess(), modelId, FIRST_STEP);
    expect(await isStored(FIRST_STEP)).toBe(true);
    expect(await score(startProcess(), modelId, FIRST_STEP)).toEqual(fresh);
    expect(fresh.calibration_rows.data[0]).toBe(30);
  });

  it('is the same whoever computes it, also at the same time', async () => {
    const file = await readFile(calibrationOf(LAST_STEP));
    await rm(calibrationOf(LAST_STEP));
    const processes = [startProcess(), startProcess()];
    const [one, other] = await Promise.all(processes.map((infer) => score(infer, modelId)));
    expect(one).toEqual(other);
    expect(await readFile(calibrationOf(LAST_STEP))).toEqual(file);
  });

  it('is computed again if the file is damaged', async () => {
    const [answer, file] = [await score(startProcess(), modelId), await readFile(calibrationOf(LAST_STEP))];
    for (const bytes of [Buffer.alloc(0), file.subarray(0, -4), Buffer.from('no safetensors at all')]) {
      await writeFile(calibrationOf(LAST_STEP), bytes);
      expect(await score(startProcess(), modelId)).toEqual(answer);
      expect(await readFile(calibrationOf(LAST_STEP))).toEqual(file);
    }
  });

  it('does not exist without validation rows, and the answer says so', async () => {
    const id = await train({ validation_fraction: 0 });
    const answer = await score(startProcess(), id);
    expect([...(answer.uncalibrated?.data ?? [])]).toEqual([0]);
    expect([...answer.calibration_rows.data]).toEqual([0]);
    expect(answer.score.data.every(Number.isFinite)).toBe(true);
    expect(answer.excess?.data.every(Number.isNaN)).toBe(true);
    expect(await isStored(LAST_STEP, id)).toBe(false);
  });

  it('is left to first use by a training that is cancelled', async () => {
    const payload = await shop.order({ epochs: 40 });
    await trainUntil(shop, payload, 20, 'cancel');
    const [last] = await shop.store.models.listCheckpoints(payload.modelId);
    expect(await isStored(last?.step ?? 0, payload.modelId)).toBe(false);
    expect((await score(startProcess(), payload.modelId)).calibration_rows.data[0]).toBe(30);
  });
});

describe('scores', () => {
  it('of a row are the same alone and among others', async () => {
    const infer = startProcess();
    const all = await score(infer, modelId);
    const data = INPUT.rows.data.subarray(4 * 64, 5 * 64);
    const alone = await score(infer, modelId, 'latest', { ...INPUT, rows: { shape: [1, 64], data } });
    expect(alone.score.data[0]).toBeCloseTo(all.score.data[4] ?? NaN, 3);
    expect(alone.at_least.data[0]).toBe(all.at_least.data[4]);
  });

  it('rank noise above every image of the data set', async () => {
    const data = Float32Array.from({ length: 64 }, (_, i) => (i * 37) % 2);
    const answer = await score(startProcess(), modelId, 'latest', {
      ...INPUT,
      rows: { shape: [1, 64], data },
    });
    expect(answer.at_least.data[0]).toBe(0);
  });
});
