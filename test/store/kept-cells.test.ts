import { describe, expect, it } from 'vitest';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
import type { StoreDriver } from '../../src/store/driver.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { readIdCells } from '../../src/store/kept-cells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeOf, streamOf } from './support.ts';

const ROWS = 2500;
const idOf = (row: number): string => `ordre-${'ø'.repeat(row % 5)}${row}`;
const idsOf = (rows: readonly number[]): string[][] => rows.map((row) => [idOf(row)]);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function open() {
  const driver = fsDriver(await temporaryFolder());
  const store = createDatasetStore(driver, { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 });
  const lines = range(0, ROWS).map((row) => `${idOf(row)},${row / 7}\n`);
  const { id } = await store.create(streamOf(`order,price\n${lines.join('')}`), {
    name: 'orders',
    columns: { order: 'id' },
  });
  return { driver, store, id };
}

/** The driver with the number of reads of the blobs that it opened. */
function countReads(driver: StoreDriver): { driver: StoreDriver; count: () => number } {
  let reads = 0;
  const opened: StoreDriver['open'] = async (key) => {
    const blob = await driver.open(key);
    const read: typeof blob.read = (target, offset) => {
      reads += 1;
      return blob.read(target, offset);
    };
    return { ...blob, read };
  };
  return { driver: { ...driver, open: opened }, count: () => reads };
}

describe('ids of rows', () => {
  it('are read in any order, runs of neighbouring rows at once', async () => {
    const { driver, store, id } = await open();
    const counted = countReads(driver);
    expect(await readIdCells(counted.driver, id, range(0, 1000))).toEqual(idsOf(range(0, 1000)));
    expect(counted.count()).toBe(2);
    const mixed = [7, 8, 9, 2499, 0, 0, 1, 500, 499, ...range(900, ROWS)];
    expect(await store.readIds(id, mixed)).toEqual(idsOf(mixed));
    expect(await store.readIds(id, [])).toEqual([]);
  });

  it('are damaged if the offsets do not fit the lines', async () => {
    const { driver, id } = await open();
    const offsets = await driver.read(`datasets/${id}/ids.offsets.bin`);
    for (const wrong of [-5, 0, NaN, 1e9]) {
      const damaged = Buffer.from(offsets);
      damaged.writeDoubleLE(wrong, 3 * 8);
      await driver.write(`datasets/${id}/ids.offsets.bin`, damaged);
      expect(await codeOf(readIdCells(driver, id, [1, 2, 3, 4]))).toBe('blob_corrupt');
      expect(await codeOf(readIdCells(driver, id, [4]))).toBe('blob_corrupt');
    }
  });
});
