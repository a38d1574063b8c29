import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { createModelStore } from '../../src/store/model-store.ts';
import type { OnCorrupt } from '../../src/store/models.ts';
import { checkpoint, openModel } from './model-fixtures.ts';

type Event = Parameters<OnCorrupt>[0];

/** A model with checkpoints 1, 2, 3 and what onCorrupt was told. */
async function openCheckpoints(elbos: readonly (number | null)[] = [-3, -1, -2]) {
  const model = await openModel();
  for (const [i, elbo] of elbos.entries())
    await model.store.saveCheckpoint(model.id, checkpoint(i + 1, elbo));
  const events: Event[] = [];
  const load = (which: 'latest' | 'best' | number, optimizer = true) =>
    model.store.loadCheckpoint(model.id, which, { optimizer, onCorrupt: (event) => events.push(event) });
  return { ...model, events, load };
}

describe('loadCheckpoint', () => {
  it('reads back the newest, the best, or that of a step', async () => {
    const { events, load } = await openCheckpoints();
    expect(await load('latest')).toEqual(checkpoint(3, -2));
    expect(await load('best')).toEqual(checkpoint(2, -1));
    expect(await load(1)).toEqual(checkpoint(1, -3));
    expect(await load(4)).toBeNull();
    expect(await load(-1)).toBeNull();
    expect(events).toEqual([]);
  });

  it('leaves the optimizer out where it is not asked for', async () => {
    const { driver, load, path } = await openCheckpoints();
    await driver.remove(path(3, 'optimizer.safetensors'));
    expect(await load('latest', false)).toEqual({ ...checkpoint(3, -2), optimizer: {} });
  });

  it('takes the newer of two equally good ones, and one without a bound only as the last resort', async () => {
    expect((await (await openCheckpoints([-1, -1, null])).load('best'))?.step).toBe(2);
    expect((await (await openCheckpoints([null, -5, null])).load('best'))?.step).toBe(2);
    expect((await (await openCheckpoints([null, null, null])).load('best'))?.step).toBe(3);
    expect((await (await openCheckpoints([NaN, Infinity, -9])).load('best'))?.step).toBe(3);
  });

  it.each(['parameters.safetensors', 'optimizer.safetensors', 'checkpoint.json'])(
    'passes over a checkpoint whose %s is cut or altered, and says so',
    async (file) => {
      const { driver, events, load, path } = await openCheckpoints();
      const whole = await driver.read(path(3, file));
      const altered = Buffer.from(whole);
      altered.writeUInt8((altered.at(-3) ?? 0) ^ 0x41, altered.length - 3);
      const versions = [whole.subarray(0, -3), altered, Buffer.alloc(0), Buffer.from('null')];
      for (const bytes of versions) {
        await driver.write(path(3, file), bytes);
        expect((await load('latest'))?.step).toBe(2);
        expect(await load(3)).toBeNull();
      }
      expect(events).toHaveLength(2 * versions.length);
      expect(events[0]).toMatchObject({ step: 3, detail: expect.stringContaining('damaged') as string });
    },
  );

  it('passes over a checkpoint that lacks a file, and says so', async () => {
    const { driver, events, id, load, path } = await openCheckpoints();
    await driver.remove(path(3, 'parameters.safetensors'));
    expect((await load('latest'))?.step).toBe(2);
    expect(events).toEqual([{ modelId: id, step: 3, detail: expect.any(String) as string }]);
  });

  it('passes over the best one when it is damaged', async () => {
    const { driver, events, load, path } = await openCheckpoints();
    await driver.write(path(2, 'parameters.safetensors'), Buffer.alloc(8));
    expect((await load('best'))?.step).toBe(3);
    expect(events.map((event) => event.step)).toEqual([2]);
  });

  it('gives null where every one is damaged', async () => {
    const { driver, events, load, path } = await openCheckpoints();
    for (const step of [1, 2, 3]) await driver.write(path(step, 'checkpoint.json'), Buffer.from('{}'));
    expect(await load('latest')).toBeNull();
    expect(events.map((event) => event.step)).toEqual([3, 2, 1]);
  });

  it('does not take a checkpoint.json of another step', async () => {
    const { driver, load, path } = await openCheckpoints();
    await driver.write(path(3, 'checkpoint.json'), await driver.read(path(2, 'checkpoint.json')));
    expect((await load('latest'))?.step).toBe(2);
  });

  it('passes over one that is pruned while it is read, without a word', async () => {
    const { driver, events, id, path } = await openCheckpoints();
    const racing = createModelStore({
      ...driver,
      read: async (key) => {
        if (key === path(3, 'parameters.safetensors')) await driver.remove(path(3, 'checkpoint.json'));
        if (key === path(3, 'parameters.safetensors')) await driver.remove(key);
        return driver.read(key);
      },
    });
    const onCorrupt: OnCorrupt = (event) => events.push(event);
    expect((await racing.loadCheckpoint(id, 'latest', { optimizer: true, onCorrupt }))?.step).toBe(2);
    expect(events).toEqual([]);
  });
});

describe('saveCheckpoint', () => {
  it('writes checkpoint.json last: cut short before, the checkpoint does not exist', async () => {
    const { driver, events, id, load, path, store } = await openCheckpoints();
    for (let writes = 0; writes < 3; writes++) {
      let left = writes;
      const dying = createModelStore({
        ...driver,
        write: (key, source) =>
          left-- > 0 ? driver.write(key, source) : Promise.reject(new Error('killed')),
      });
      await expect(dying.saveCheckpoint(id, checkpoint(4))).rejects.toThrow('killed');
      expect((await store.listCheckpoints(id)).map((record) => record.step)).toEqual([1, 2, 3]);
      expect((await load('latest'))?.step).toBe(3);
    }
    expect(await driver.list(path(4, '').slice(0, -1))).toHaveLength(2);
    expect(events).toEqual([]);
  });

  it('leaves nothing of a checkpoint for which there is no room', async () => {
    const { driver, id, load, path, store } = await openCheckpoints();
    const full = createModelStore({
      ...driver,
      write: async (key, source) => {
        if (key.endsWith('checkpoint.json')) throw AppError.of('store_full', { key, code: 'ENOSPC' });
        return driver.write(key, source);
      },
    });
    for (const step of [3, 4]) {
      await expect(full.saveCheckpoint(id, checkpoint(step, -2))).rejects.toMatchObject({
        code: 'store_full',
      });
    }
    expect((await load('latest'))?.step).toBe(3);
    expect(await driver.list(path(4, '').slice(0, -1))).toEqual([]);
    expect((await store.listCheckpoints(id)).map((record) => record.step)).toEqual([1, 2, 3]);
  });

  it('replaces a step that exists', async () => {
    const { id, load, store } = await openCheckpoints();
    const other = { ...checkpoint(9, -0.5), step: 3 };
    await store.saveCheckpoint(id, other);
    expect(await load(3)).toEqual(other);
    expect(await store.listCheckpoints(id)).toHaveLength(3);
  });

  it('returns the record that it lists', async () => {
    const { id, store } = await openCheckpoints([]);
    const record = await store.saveCheckpoint(id, checkpoint(10, -1));
    expect(await store.listCheckpoints(id)).toEqual([record]);
    expect(Object.keys(record.files)).toEqual(['parameters.safetensors', 'optimizer.safetensors']);
  });
});

describe('listCheckpoints and pruneCheckpoints', () => {
  it('lists by rising step as a number', async () => {
    const { id, store } = await openModel();
    for (const step of [100, 20, 3]) await store.saveCheckpoint(id, checkpoint(step));
    expect((await store.listCheckpoints(id)).map((record) => record.step)).toEqual([3, 20, 100]);
  });

  it('keeps the newest and the best', async () => {
    const { driver, id, store } = await openCheckpoints([-3, -1, -2, -4, -5]);
    await store.pruneCheckpoints(id, 2);
    expect((await store.listCheckpoints(id)).map((record) => record.step)).toEqual([2, 4, 5]);
    await store.pruneCheckpoints(id, 0);
    expect((await store.listCheckpoints(id)).map((record) => record.step)).toEqual([2, 5]);
    expect(await driver.list(`models/${id}/checkpoints`)).toHaveLength(2);
  });

  it('removes what a crash left before the newest, not what is being written after it', async () => {
    const { driver, id, path, store } = await openCheckpoints();
    await driver.remove(path(1, 'checkpoint.json'));
    await driver.write(path(4, 'parameters.safetensors'), Buffer.alloc(1));
    await store.pruneCheckpoints(id, 5);
    const names = await driver.list(`models/${id}/checkpoints`);
    expect(names.map(Number)).toEqual([2, 3, 4]);
  });

  it('does nothing where there is none', async () => {
    const { id, store } = await openModel();
    await store.pruneCheckpoints(id, 1);
    expect(await store.listCheckpoints(id)).toEqual([]);
  });
});
