import { describe, expect, it } from 'vitest';
import { checkpoint, openModel } from './model-fixtures.ts';

const CONTENT = {
  estimator: 3,
  scores: Float32Array.of(-1, 0.5, 2),
  surprises: [Float32Array.of(0.1, 7), new Float32Array(), Float32Array.of(-3)],
};

async function openCalibrated() {
  const model = await openModel();
  const record = await model.store.saveCheckpoint(model.id, checkpoint(5));
  await model.store.saveCalibration(model.id, record, CONTENT);
  return {
    ...model,
    record,
    load: (estimator = 3) => model.store.loadCalibration(model.id, record, estimator),
  };
}

describe('the calibration of a checkpoint', () => {
  it('is read back', async () => {
    expect(await (await openCalibrated()).load()).toEqual(CONTENT);
  });

  it('is none for another estimator, or for other parameters of the same step', async () => {
    const { store, id, load } = await openCalibrated();
    expect(await load(4)).toBeNull();
    const other = { ...checkpoint(5), parameters: checkpoint(6).parameters };
    const replaced = await store.saveCheckpoint(id, other);
    expect(await store.loadCalibration(id, replaced, 3)).toBeNull();
  });

  it('is not stored for a checkpoint that is gone, and goes with its checkpoint', async () => {
    const { store, id, record, driver, load } = await openCalibrated();
    await store.saveCheckpoint(id, checkpoint(6));
    await store.pruneCheckpoints(id, 1);
    expect(await load()).toBeNull();
    await store.saveCalibration(id, record, CONTENT);
    expect(await driver.list(`models/${id}/checkpoints`)).toEqual(['000000000006']);
  });

  it('leaves the checkpoint as it was', async () => {
    const { store, id } = await openCalibrated();
    expect(await store.loadCheckpoint(id, 'latest', { optimizer: true })).toEqual(checkpoint(5));
  });
});
