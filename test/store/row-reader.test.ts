import { describe, expect, it } from 'vitest';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
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
    rows.readRows([3, 0, 1, 2, 0], out);
    expect(Buffer.from(out).toString('hex')).toBe('303100011011202100010000');
    rows.readRows(new Uint32Array([2]), out.subarray(10));
    expect(Buffer.from(out).toString('hex')).toBe('303100011011202100012021');
    rows.readRows([], out);
    expect(rows.record.id).toBe(id);
    await rows.close();
  });

  it('are read as float32', async () => {
    const { store, id } = await open(encodeNpy([3, 2], new Float32Array([1, 2, 3, 4, 5, 6])));
    const rows = await store.openRows(id, { inMemory });
    const out = new Float32Array(5);
    rows.readRows([2, 0], out.subarray(1));
    expect([...out]).toEqual([0, 5, 6, 1, 2]);
    await rows.close();
  });

  it('are refused for a wrong index or array', async () => {
    const { store, id } = await open(IMAGES);
    const rows = await store.openRows(id, { inMemory });
    for (const index of [-1, 4, 0.5, NaN]) {
      expect(() => {
        rows.readRows([index], new Uint8Array(2));
      }).toThrow(RangeError);
    }
    for (const out of [new Uint8Array(3), new Float32Array(4)]) {
      expect(() => {
        rows.readRows([0, 1], out);
      }).toThrow(RangeError);
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
