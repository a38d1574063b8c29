import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDatasetStore } from '../../../src/store/dataset-store.ts';
import { fsDriver } from '../../../src/store/drivers/fs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { codeOf, idxFile, streamOf } from '../support.ts';

const THREAD = new URL('../../../dist/store/drivers/piece-thread.js', import.meta.url);
const [ROWS, SIZE] = [3000, 5];
const BYTES = Uint8Array.from({ length: ROWS * SIZE }, (_, i) => (i * 7 + Math.floor(i / SIZE)) % 251);

/** The same shuffle each time, with neighbours and repeats. */
const INDICES = Uint32Array.from({ length: 2000 }, (_, i) =>
  i % 5 === 4 ? (i * 1103 + 1) % ROWS : (i * 1103) % ROWS,
);

async function open() {
  const folder = await temporaryFolder();
  const driver = fsDriver(folder, { pieceThread: THREAD });
  const limits = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };
  const store = createDatasetStore(driver, { ...limits, rowCacheBytes: 0 });
  const { id } = await store.create(streamOf(idxFile(0x08, [ROWS, SIZE], Buffer.from(BYTES))), {
    name: 'rows',
  });
  return { reader: await store.openRows(id), path: join(folder, 'datasets', id, 'rows.bin') };
}

describe('rows of a file that is read in threads', () => {
  it('are those asked for, whatever the threads do first, and several requests wait for each other', async () => {
    const { reader } = await open();
    expect(reader.readsFile).toBe(true);
    const read = async (indices: Uint32Array) => {
      const out = new Uint8Array(indices.length * SIZE);
      await reader.readRows(indices, out);
      return out;
    };
    const expected = (indices: Uint32Array) =>
      Uint8Array.from([...indices].flatMap((row) => [...BYTES.subarray(row * SIZE, (row + 1) * SIZE)]));
    const asked = [INDICES, INDICES.toReversed(), INDICES.subarray(0, 300), INDICES.subarray(5, 15)];
    const found = await Promise.all(asked.map(read));
    found.forEach((rows, i) => {
      expect(Buffer.compare(rows, expected(asked[i] ?? INDICES))).toBe(0);
    });
    await reader.close();
  });

  it('are refused where the file ends too early, and can be read again', async () => {
    const { reader, path } = await open();
    await truncate(path, (ROWS - 1) * SIZE);
    const out = new Uint8Array(INDICES.length * SIZE);
    const last = INDICES.map((row, i) => (i === 7 ? ROWS - 1 : Math.min(row, ROWS - 2)));
    expect(await codeOf(reader.readRows(last, out))).toBe('blob_corrupt');
    await writeFile(path, BYTES);
    await reader.readRows(last, out);
    expect([...out.subarray(7 * SIZE, 8 * SIZE)]).toEqual([...BYTES.subarray(-SIZE)]);
    await reader.close();
  });

  it('let go of their threads when they are closed, also twice', async () => {
    const { reader } = await open();
    const out = new Uint8Array(INDICES.length * SIZE);
    await reader.readRows(INDICES, out);
    await reader.close();
    await reader.close();
  });
});
