import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import type { StoreDriver } from '../../src/store/driver.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { createModelStore } from '../../src/store/model-store.ts';
import { LoadedModels } from '../../src/worker/loaded-models.ts';
import { checkpoint, modelRecord } from '../store/model-fixtures.ts';
import { gate } from '../queue/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What is kept of each model; here it only tells whether it was let go. */
class Kept {
  readonly record: ModelRecord;
  disposed = false;
  constructor(record: ModelRecord) {
    this.record = record;
  }
  async dispose(): Promise<void> {
    this.disposed = true;
  }
}

async function shelf() {
  const folder = await temporaryFolder();
  const driver = fsDriver(folder);
  /** Keys of parameters that were read. */
  const reads: string[] = [];
  const read: StoreDriver['read'] = (key) => {
    if (key.endsWith('parameters.safetensors')) reads.push(key);
    return driver.read(key);
  };
  const models = createModelStore({ ...driver, read });
  const warnings: string[] = [];
  const made: Kept[] = [];
  const loaded = new LoadedModels<Kept>({
    models,
    warn: (message) => warnings.push(message),
    create: (record) => {
      const kept = new Kept(record);
      made.push(kept);
      return kept;
    },
    maxAgeMs: 0,
  });
  const add = async (...steps: number[]): Promise<string> => {
    const id = createId('model');
    await models.create(modelRecord(id));
    for (const step of steps) await models.saveCheckpoint(id, checkpoint(step, -step));
    return id;
  };
  const stepOf = (id: string, which: 'latest' | 'best' | number = 'latest') =>
    loaded.use(id, which, async ({ step, parameters }) => {
      expect([...(parameters.weight?.data ?? [])]).toEqual([step, -step]);
      return step;
    });
  const pathOf = (id: string, step: number, file: string): string =>
    join(folder, 'models', id, 'checkpoints', String(step).padStart(12, '0'), file);
  const damage = async (id: string, step: number): Promise<void> => {
    const path = pathOf(id, step, 'parameters.safetensors');
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, bytes.length - 4));
  };
  const tear = (id: string, step: number): Promise<void> => truncate(pathOf(id, step, 'checkpoint.json'), 20);
  return { models, loaded, made, reads, warnings, add, stepOf, damage, tear };
}

describe('loaded models', () => {
  it('give the newest, the best, or the checkpoint of a step', async () => {
    const { add, stepOf, made } = await shelf();
    const id = await add(10, 20, 30);
    expect(await stepOf(id)).toBe(30);
    expect(await stepOf(id, 'best')).toBe(10);
    expect(await stepOf(id, 20)).toBe(20);
    expect(made.map(({ disposed }) => disposed)).toEqual([true, false, false]);
  });

  it('follow a model that still trains', async () => {
    const { add, stepOf, models } = await shelf();
    const id = await add(10);
    expect(await stepOf(id)).toBe(10);
    await models.saveCheckpoint(id, checkpoint(20, -20));
    expect(await stepOf(id)).toBe(20);
  });

  it('pass over a damaged checkpoint and say so', async () => {
    const { add, stepOf, damage, warnings } = await shelf();
    const id = await add(10, 20);
    await damage(id, 20);
    expect(await stepOf(id)).toBe(10);
    expect(warnings).toEqual([expect.stringContaining('checkpoint of step 20 is damaged')]);
    await expect(stepOf(id, 20)).rejects.toMatchObject({ code: 'checkpoint_not_found' });
  });

  it('read the parameters of a model that does not change once', async () => {
    const { add, stepOf, damage, reads, warnings } = await shelf();
    const id = await add(10, 20, 30);
    await damage(id, 30);
    for (let request = 0; request < 3; request++) {
      expect(await Promise.all([stepOf(id), stepOf(id, 20)])).toEqual([20, 20]);
      expect(await stepOf(id, 'best')).toBe(10);
      await expect(stepOf(id, 30)).rejects.toMatchObject({ code: 'checkpoint_not_found' });
    }
    expect(reads).toHaveLength(3);
    expect(warnings).toHaveLength(1);
  });

  it('see a newer checkpoint, and one that was written anew', async () => {
    const { add, stepOf, damage, models, reads } = await shelf();
    const id = await add(10, 20);
    await damage(id, 20);
    expect(await stepOf(id)).toBe(10);
    await models.saveCheckpoint(id, checkpoint(30, -5));
    expect([await stepOf(id), await stepOf(id, 'best')]).toEqual([30, 30]);
    await damage(id, 30);
    expect(await stepOf(id)).toBe(30);
    await models.saveCheckpoint(id, { ...checkpoint(20, -4), epoch: 3 });
    expect(await stepOf(id, 'best')).toBe(20);
    expect(reads).toHaveLength(4);
  });

  it('tell of a torn checkpoint.json once', async () => {
    const { add, stepOf, warnings, tear } = await shelf();
    const id = await add(10, 20);
    await tear(id, 20);
    for (let request = 0; request < 3; request++) expect(await stepOf(id)).toBe(10);
    expect(warnings).toEqual([expect.stringContaining('checkpoint of step 20 is damaged')]);
  });

  it('refuse what is not there', async () => {
    const { add, stepOf, models } = await shelf();
    const [empty, deleted] = [await add(), await add(10)];
    await expect(stepOf(empty)).rejects.toMatchObject({ code: 'model_not_ready' });
    await expect(stepOf(deleted, 11)).rejects.toMatchObject({ code: 'checkpoint_not_found' });
    expect(await stepOf(deleted)).toBe(10);
    await models.remove(deleted);
    await expect(stepOf(deleted)).rejects.toMatchObject({ code: 'model_not_found' });
    await expect(stepOf(createId('model'))).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('are made from the record as its training completed it, once there is a checkpoint', async () => {
    const { add, stepOf, models, made } = await shelf();
    const id = await add();
    await expect(stepOf(id)).rejects.toMatchObject({ code: 'model_not_ready' });
    expect(made).toEqual([]);
    const { model } = await models.get(id);
    await models.setSpecification(id, { ...model, latent_size: model.latent_size + 1 });
    await models.saveCheckpoint(id, checkpoint(10, -10));
    expect(await stepOf(id)).toBe(10);
    expect(made.map(({ record }) => record.model.latent_size)).toEqual([model.latent_size + 1]);
  });

  it('let go of the one used longest ago', async () => {
    const { add, stepOf, made } = await shelf();
    const ids = await Promise.all(Array.from({ length: 9 }, () => add(10)));
    for (const id of ids.slice(0, 8)) await stepOf(id);
    await stepOf(ids[0] ?? '');
    await stepOf(ids[8] ?? '');
    expect(made.map(({ disposed }) => disposed)).toEqual([...Array(9).keys()].map((i) => i === 1));
    await stepOf(ids[1] ?? '');
    expect(made).toHaveLength(10);
  });

  it('let go of none that is in use', async () => {
    const { add, loaded, stepOf, made } = await shelf();
    const [first = '', ...others] = await Promise.all(Array.from({ length: 10 }, () => add(10)));
    const [begun, end] = [gate(), gate()];
    const use = loaded.use(first, 'latest', async () => {
      begun.open();
      await end.opened;
    });
    await begun.opened;
    for (const id of others) await stepOf(id);
    expect(made[0]?.disposed).toBe(false);
    end.open();
    await use;
    await stepOf(await add(10));
    expect(made[0]?.disposed).toBe(true);
  });
});
