import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createId } from '../../src/ids.ts';
import { createModelStore } from '../../src/store/model-store.ts';
import { checkpoint, metricsLine, modelRecord, openModel } from './model-fixtures.ts';
import { codeOf } from './support.ts';

describe('models', () => {
  it('reads back what was stored', async () => {
    const { store, id } = await openModel();
    expect(await store.get(id)).toEqual(modelRecord(id));
  });

  it.each(['model_', '../x', 'ds_' + '0'.repeat(26), 'model_' + '0'.repeat(25) + '/'])(
    'refuses the id %j everywhere',
    async (id) => {
      const { store } = await openModel();
      const codes = [
        store.create(modelRecord(id)),
        store.get(id),
        store.remove(id),
        store.appendMetrics(id, metricsLine(1)),
        store.readMetrics(id),
        store.truncateMetrics(id, 1),
        store.saveCheckpoint(id, checkpoint(1)),
        store.listCheckpoints(id),
        store.loadCheckpoint(id, 'latest', { optimizer: true }),
        store.pruneCheckpoints(id, 1),
      ].map((work) => codeOf(work));
      expect(new Set(await Promise.all(codes))).toEqual(new Set(['id_invalid']));
    },
  );

  it('says model_not_found for an unknown model and adds nothing to it', async () => {
    const { driver, store } = await openModel();
    const id = createId('model');
    expect(await codeOf(store.get(id))).toBe('model_not_found');
    expect(await codeOf(store.remove(id))).toBe('model_not_found');
    expect(await codeOf(store.saveCheckpoint(id, checkpoint(1)))).toBe('model_not_found');
    expect(await codeOf(store.appendMetrics(id, metricsLine(1)))).toBe('model_not_found');
    expect(await store.readMetrics(id)).toEqual([]);
    expect(await store.loadCheckpoint(id, 'latest', { optimizer: true })).toBeNull();
    expect(await driver.list('models')).toHaveLength(1);
  });

  it.each(['', '{', 'null', '[]', '{"id":1}', '"x"'])(
    'says blob_corrupt for a model.json of %j, lists the others and can remove it',
    async (text) => {
      const { driver, store, id } = await openModel();
      const damaged = createId('model', 0);
      await driver.write(`models/${damaged}/model.json`, Buffer.from(text));
      expect(await codeOf(store.get(damaged))).toBe('blob_corrupt');
      expect((await store.list({ limit: 5 })).records.map((record) => record.id)).toEqual([id]);
      await store.remove(damaged);
      expect(await codeOf(store.get(damaged))).toBe('model_not_found');
    },
  );

  it('says blob_corrupt for the record of another model', async () => {
    const { driver, store, id } = await openModel();
    await driver.write(
      `models/${id}/model.json`,
      Buffer.from(JSON.stringify(modelRecord(createId('model')))),
    );
    expect(await codeOf(store.get(id))).toBe('blob_corrupt');
  });

  it('leaves nothing behind where a model finds no room', async () => {
    const { driver, id } = await openModel();
    const full = createModelStore({
      ...driver,
      write: async (key) => {
        await driver.write(`${key}.part`, Buffer.from('half'));
        throw AppError.of('store_full', { key, code: 'ENOSPC' });
      },
    });
    await expect(full.create(modelRecord(createId('model')))).rejects.toMatchObject({ code: 'store_full' });
    expect(await driver.list('models')).toEqual([id]);
  });

  it('pages in order of making', async () => {
    const { store, id } = await openModel();
    const ids = [1, 2, 3].map((time) => createId('model', time));
    for (const each of ids.toReversed()) await store.create(modelRecord(each));
    const first = await store.list({ limit: 3 });
    expect(first.records.map((record) => record.id)).toEqual(ids);
    expect(first.hasMore).toBe(true);
    const second = await store.list({ limit: 3, after: ids[2] ?? '' });
    expect(second).toEqual({ records: [modelRecord(id)], hasMore: false });
  });

  it('removes model.json first, so that a removal cut short leaves nothing visible', async () => {
    const { driver, store, id } = await openModel();
    await store.saveCheckpoint(id, checkpoint(1));
    const removed: string[] = [];
    const failing = createModelStore({
      ...driver,
      remove: async (key) => {
        removed.push(key);
        if (removed.length > 1) throw new Error('killed');
        await driver.remove(key);
      },
    });
    await expect(failing.remove(id)).rejects.toThrow('killed');
    expect(removed[0]).toBe(`models/${id}/model.json`);
    expect(await codeOf(store.get(id))).toBe('model_not_found');
    expect((await store.list({ limit: 5 })).records).toEqual([]);
  });
});

describe('metrics', () => {
  it('reads back lines by rising step', async () => {
    const { store, id } = await openModel();
    expect(await store.readMetrics(id)).toEqual([]);
    for (const step of [1, 3, 2])
      await store.appendMetrics(id, metricsLine(step, { validation_elbo: -step }));
    expect((await store.readMetrics(id)).map((line) => line.validation_elbo)).toEqual([-1, -2, -3]);
  });

  it('leaves out a line that a crash cut short, also with others after it', async () => {
    const { driver, store, id } = await openModel();
    await store.appendMetrics(id, metricsLine(1));
    const whole = String(await driver.read(`models/${id}/metrics.jsonl`));
    const next = JSON.stringify(metricsLine(2));
    for (let end = 0; end <= next.length; end++) {
      await driver.write(`models/${id}/metrics.jsonl`, Buffer.from(whole + next.slice(0, end)));
      expect(await store.readMetrics(id)).toEqual([metricsLine(1)]);
    }
    await driver.write(`models/${id}/metrics.jsonl`, Buffer.from(whole + next.slice(0, 20)));
    await store.appendMetrics(id, metricsLine(3));
    expect(await store.readMetrics(id)).toEqual([metricsLine(1), metricsLine(3)]);
  });

  it('drops lines later than a step', async () => {
    const { driver, store, id } = await openModel();
    for (const step of [1, 2, 3]) await store.appendMetrics(id, metricsLine(step));
    await driver.append(`models/${id}/metrics.jsonl`, '{"torn');
    await store.truncateMetrics(id, 2);
    expect(await store.readMetrics(id)).toEqual([metricsLine(1), metricsLine(2)]);
    expect(String(await driver.read(`models/${id}/metrics.jsonl`))).not.toContain('torn');
  });
});
