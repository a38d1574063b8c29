import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
import type { StoreDriver, RandomAccess } from '../../src/store/driver.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeOf, idxFile, streamOf } from './support.ts';

const IMAGES = idxFile(0x08, [4, 1, 2], Buffer.from('0001101120213031', 'hex'));

describe.each([
  ['in memory', 2 ** 20, true],
  ['too large for memory', 0, true],
  ['to be left where they are', 2 ** 20, false],
])('rows %s', (_, rowCacheBytes, inMemory) => {
  async function open(file: Uint8Array) {
    const driver = fsDriver(await temporaryFolder());
    const limits = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };
    const store = createDatasetStore(driver, { ...limits, rowCacheBytes });
    const { id } = await store.create(streamOf(file), { name: 'rows' });
    return { driver, store, id };
  }

  it('are read in the order asked for, neighbours and repeats included', async () => {
    const { store, id } = await open(IMAGES);
    const rows = await store.openRows(id, { inMemory });
    const out = new Uint8Array(12);
    await rows.readRows([3, 0, 1, 2, 0], out);
    expect(Buffer.from(out).toString('hex')).toBe('303100011011202100010000');
    await rows.readRows(new Uint32Array([2]), out.subarray(10));
    expect(Buffer.from(out).toString('hex')).toBe('303100011011202100012021');
    await rows.readRows([], out);
    expect(rows.record.id).toBe(id);
    await rows.close();
  });

  it('are read as float32', async () => {
    const { store, id } = await open(encodeNpy([3, 2], new Float32Array([1, 2, 3, 4, 5, 6])));
    const rows = await store.openRows(id, { inMemory });
    const out = new Float32Array(5);
    await rows.readRows([2, 0], out.subarray(1));
    expect([...out]).toEqual([0, 5, 6, 1, 2]);
    await rows.close();
  });

  it('are refused for a wrong index or array', async () => {
    const { store, id } = await open(IMAGES);
    const rows = await store.openRows(id, { inMemory });
    for (const index of [-1, 4, 0.5, NaN]) {
      await expect(rows.readRows([index], new Uint8Array(2))).rejects.toThrow(RangeError);
    }
    for (const out of [new Uint8Array(3), new Float32Array(4)]) {
      await expect(rows.readRows([0, 1], out)).rejects.toThrow(RangeError);
    }
    await rows.close();
  });

  it('are refused where rows.bin is missing, cut or altered', async () => {
    const { driver, store, id } = await open(IMAGES);
    const key = `datasets/${id}/rows.bin`;
    await driver.write(key, Buffer.alloc(7));
    expect(await codeOf(store.openRows(id, { inMemory }))).toBe('blob_corrupt');
    await driver.write(key, Buffer.alloc(8));
    expect(await codeOf(store.openRows(id, { inMemory }))).toBe('blob_corrupt');
    await driver.remove(key);
    expect(await codeOf(store.openRows(id, { inMemory }))).toBe('blob_not_found');
  });
});

describe('rows of a store that is not a local disk', () => {
  it('are whole once all reads have ended, in whatever order they do', async () => {
    const rowCount = 100;
    const driver = fsDriver(await temporaryFolder());
    const slow: StoreDriver = { ...driver, open: async (key) => answerLate(await driver.open(key)) };
    const limits = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20, rowCacheBytes: 0 };
    const store = createDatasetStore(slow, limits);
    const file = idxFile(
      0x08,
      [rowCount, 1, 1],
      Uint8Array.from({ length: rowCount }, (_, i) => i),
    );
    const rows = await store.openRows((await store.create(streamOf(file), { name: 'rows' })).id);
    const backwards = Array.from({ length: rowCount }, (_, i) => rowCount - 1 - i);
    const out = new Uint8Array(rowCount);
    await rows.readRows(backwards, out);
    expect([...out]).toEqual(backwards);
    await rows.close();
  });

  /** Every other read takes one more turn of the event loop. */
  function answerLate(blob: RandomAccess): RandomAccess {
    let reads = 0;
    return {
      bytes: blob.bytes,
      read: async (target, offset) => {
        if (reads++ % 2 === 0) await setImmediate();
        await blob.read(target, offset);
      },
      close: () => blob.close(),
    };
  }
});
