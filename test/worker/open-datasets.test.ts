import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
import type { DatasetStore } from '../../src/store/datasets.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { OpenDatasets } from '../../src/worker/open-datasets.ts';
import { codeOf, streamOf } from '../store/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Data sets of a store that knows which of them are open. */
async function openStore() {
  const store = createDatasetStore(fsDriver(await temporaryFolder()), {
    maxUploadBytes: 2 ** 20,
    maxDatasetBytes: 2 ** 20,
  });
  const open: string[] = [];
  const watched: DatasetStore = {
    ...store,
    openRows: async (id, options) => {
      const reader = await store.openRows(id, options);
      open.push(id);
      const close = async () => {
        open.splice(open.indexOf(id), 1);
        await reader.close();
      };
      return { ...reader, close };
    },
  };
  const upload = async () => (await store.create(streamOf('a,b\n1,2\n3,4\n'), { name: 'tiny' })).id;
  return { store, open, datasets: new OpenDatasets(watched), upload };
}

const readFirst = (datasets: OpenDatasets, id: string): Promise<number[]> =>
  datasets.use(id, async (reader) => {
    const out = new Float32Array(2);
    await reader.readRows([0], out);
    return [...out];
  });

describe('open data sets', () => {
  it('stay open, one at a time', async () => {
    const { open, datasets, upload } = await openStore();
    const [one, other] = [await upload(), await upload()];
    expect(await Promise.all([one, one, other].map((id) => readFirst(datasets, id)))).toHaveLength(3);
    expect(open).toEqual([other]);
  });

  it('are closed once they are removed: by the next use', async () => {
    const { store, open, datasets, upload } = await openStore();
    const id = await upload();
    expect(await readFirst(datasets, id)).toEqual([1, 2]);
    await store.remove(id);
    expect(await codeOf(readFirst(datasets, id))).toBe('dataset_not_found');
    expect(open).toEqual([]);
  });

  it('are closed once they are removed: although nobody asks for them any more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { store, open, datasets, upload } = await openStore();
    const id = await upload();
    await readFirst(datasets, id);
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() => {
      expect(open).toEqual([id]);
    });
    await store.remove(id);
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(30_000);
      expect(open).toEqual([]);
    });
  });
});
