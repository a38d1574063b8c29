import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../src/store/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { codeOf, streamOf } from '../support.ts';

/** Compiled: a thread runs no TypeScript. */
const ENTRY = new URL('../../../dist/store/ingest/entry.js', import.meta.url);
const LIMITS = { maxUploadBytes: 2 ** 24, maxDatasetBytes: 2 ** 28 };

async function open(timeLimitMs = 60_000) {
  const dataDir = await temporaryFolder();
  await mkdir(join(dataDir, 'datasets'));
  const store = openStore({ dataDir, ...LIMITS }, { entry: ENTRY, timeLimitMs, concurrency: 1 });
  onTestFinished(() => store.close());
  return { store, listFolders: () => readdir(join(dataDir, 'datasets')) };
}

/** Takes far longer to read than any time limit below. */
const longUpload = () => streamOf(gzipSync('1\n'.repeat(2 ** 24)), 2 ** 16);

describe('a thread that reads uploads', () => {
  it('makes the data set that this thread would make', async () => {
    const { store, listFolders } = await open();
    const text = 'age,city\n31,Oslo\n,Bodø\n';
    const record = await store.datasets.create(streamOf(text), { name: 'people' });
    expect(record).toMatchObject({ name: 'people', rows: 2, header: true });
    const here = openStore({ dataDir: await temporaryFolder(), ...LIMITS });
    const expected = await here.datasets.create(streamOf(text), { name: 'people' });
    expect({ ...record, id: '', created_at: '' }).toEqual({ ...expected, id: '', created_at: '' });
    expect(await listFolders()).toEqual([record.id]);
  });

  it('says what is wrong with a file, and leaves nothing of it', async () => {
    const { store, listFolders } = await open();
    expect(await codeOf(store.datasets.create(streamOf('a,b\n1\n'), { name: 'torn' }))).toBe('data_invalid');
    expect(await listFolders()).toEqual([]);
  });

  it('reads one upload after the other, also after a damaged one, and ends when the store closes', async () => {
    const started: Worker[] = [];
    const note = (worker: Worker) => started.push(worker);
    process.on('worker', note);
    onTestFinished(() => void process.off('worker', note));
    const { store } = await open();
    for (const rows of [1, 2]) {
      const text = `age,city\n${'31,Oslo\n'.repeat(rows)}`;
      expect(await store.datasets.create(streamOf(text), { name: 'people' })).toMatchObject({ rows });
      expect(await codeOf(store.datasets.create(streamOf('a,b\n1\n'), { name: 'torn' }))).toBe(
        'data_invalid',
      );
    }
    expect(started).toHaveLength(1);
    const ended = started.map((worker) => once(worker, 'exit'));
    await store.close();
    expect(await Promise.all(ended)).toEqual([[0]]);
  });

  it('ends at the time limit, and leaves nothing', async () => {
    const { store, listFolders } = await open(1);
    expect(await codeOf(store.datasets.create(longUpload(), { name: 'long' }))).toBe('upload_too_slow');
    expect(await listFolders()).toEqual([]);
  });

  it('ends when the client has gone, and so does an upload that waits for its turn', async () => {
    const { store, listFolders } = await open();
    const gone = new AbortController();
    const reasons = [1, 2].map(async () => {
      await expect(store.datasets.create(longUpload(), { name: 'long' }, gone.signal)).rejects.toBe('gone');
    });
    while ((await listFolders()).length < 2) await new Promise(setImmediate);
    gone.abort('gone');
    await Promise.all(reasons);
    expect(await listFolders()).toEqual([]);
    expect(await store.datasets.create(streamOf('a\n1\n'), { name: 'next' })).toMatchObject({ rows: 1 });
  });
});
