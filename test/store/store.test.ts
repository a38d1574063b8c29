import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { modelRecord } from './model-fixtures.ts';
import { streamOf } from './support.ts';

const LIMITS = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };

describe('openStore', () => {
  it('answers a ping and leaves nothing of it', async () => {
    const dataDir = join(await temporaryFolder(), 'data');
    await openStore({ dataDir, ...LIMITS }).ping();
    expect(await readdir(join(dataDir, 'ping'))).toEqual([]);
  });

  it('rejects a ping where nothing can be written', async () => {
    const dataDir = join(await temporaryFolder(), 'file');
    await writeFile(dataDir, 'not a folder');
    await expect(openStore({ dataDir, ...LIMITS }).ping()).rejects.toThrow();
  });

  it('keeps data sets and models for the next process', async () => {
    const dataDir = await temporaryFolder();
    const first = openStore({ dataDir, ...LIMITS });
    const { id } = await first.datasets.create(streamOf('1,2\n'), { name: 'two numbers' });
    const modelId = createId('model');
    await first.models.create(modelRecord(modelId));
    const second = openStore({ dataDir, ...LIMITS });
    expect((await second.datasets.get(id)).name).toBe('two numbers');
    expect((await second.models.get(modelId)).id).toBe(modelId);
  });

  it('removes unfinished data sets and half-removed models of yesterday, nothing else', async () => {
    const dataDir = await temporaryFolder();
    const driver = fsDriver(dataDir);
    const now = Date.now();
    const yesterday = now - 25 * 3600 * 1000;
    const [oldRows, newRows, whole] = [
      createId('ds', yesterday),
      createId('ds', now),
      createId('ds', yesterday),
    ];
    const [oldModel, newModel, wholeModel] = [
      createId('model', yesterday),
      createId('model', now),
      createId('model', yesterday),
    ];
    const kept = [
      `datasets/${newRows}/rows.bin`,
      `datasets/${whole}/dataset.json`,
      'datasets/mnist/rows.bin',
    ];
    const keptModels = [`models/${newModel}/metrics.jsonl`, `models/${wholeModel}/model.json`];
    const removed = [`datasets/${oldRows}/rows.bin`, `models/${oldModel}/metrics.jsonl`];
    for (const key of [...kept, ...keptModels, ...removed]) await driver.write(key, Buffer.from('x'));
    await openStore({ dataDir, ...LIMITS }).removeLeftovers();
    expect(await driver.list('datasets')).toEqual([whole, newRows, 'mnist'].sort());
    expect(await driver.list('models')).toEqual([wholeModel, newModel].sort());
  });

  it('removes at once what a dead process of this host was making', async () => {
    const dataDir = await temporaryFolder();
    const driver = fsDriver(dataDir);
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const claims = [
      { host: hostname(), pid: dead },
      { host: hostname(), pid: process.ppid },
      { host: 'another', pid: dead },
    ];
    const ids = claims.map(() => createId('ds'));
    for (const [i, claim] of claims.entries()) {
      await driver.write(`datasets/${ids[i] ?? ''}/claim.json`, Buffer.from(JSON.stringify(claim)));
    }
    await openStore({ dataDir, ...LIMITS }).removeLeftovers();
    expect(await driver.list('datasets')).toEqual(ids.slice(1).sort());
  });
});
