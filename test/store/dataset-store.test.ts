import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
import type { DatasetUpload } from '../../src/store/datasets.ts';
import type { StoreDriver } from '../../src/store/driver.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { removeLeftovers } from '../../src/store/leftovers.ts';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeOf, errorOf, idxFile, streamOf } from './support.ts';

const LIMITS = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };
const VALUES = Buffer.from('000102030405060708090a0b0c0d0eff', 'hex');
const IMAGES = idxFile(0x08, [4, 2, 2], VALUES);

async function open() {
  const driver = fsDriver(await temporaryFolder());
  const store = createDatasetStore(driver, LIMITS);
  const create = (bytes: Uint8Array | string, upload: Partial<DatasetUpload> = {}) =>
    store.create(streamOf(bytes), { name: 'a name', ...upload });
  return { driver, store, create };
}

describe('create', () => {
  it('stores uint8 rows as they are, with what is known of them', async () => {
    const { driver, store, create } = await open();
    const record = await create(gzipSync(IMAGES), { testRows: 1 });
    expect(record).toEqual({
      id: expect.stringMatching(/^ds_[0-9a-z]{26}$/) as string,
      name: 'a name',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      format: 'idx',
      rows: 4,
      test_rows: 1,
      row_shape: [2, 2],
      data_size: 4,
      dtype: 'uint8',
      scale: 1 / 255,
      minimum: 0,
      maximum: 1,
      sha256: createHash('sha256').update(VALUES).digest('hex'),
      bytes: 16,
      header: null,
      table: null,
      derived_from: null,
      source: null,
      profile: {
        per_column: false,
        columns: [
          expect.objectContaining({
            name: 'values',
            kind: 'grey',
            minimum: 0,
            maximum: 11 / 255,
            zeros: 1 / 12,
          }),
        ],
      },
      test_profile: {
        per_column: false,
        columns: [expect.objectContaining({ name: 'values', missing: 0 })],
      },
    });
    expect(await driver.read(`datasets/${record.id}/rows.bin`)).toEqual(VALUES);
    expect(await store.get(record.id)).toEqual(record);
  });

  it('stores everything else as little-endian float32', async () => {
    const { driver, create } = await open();
    const given = new Float32Array([1.5, -2, 0.25, 3]);
    const record = await create(encodeNpy([2, 2], given));
    expect(record).toMatchObject({ dtype: 'float32', scale: 1, minimum: -2, maximum: 3, bytes: 16 });
    expect(await driver.read(`datasets/${record.id}/rows.bin`)).toEqual(Buffer.from(given.buffer));
    expect(await create('a,b\n1,2\n')).toMatchObject({ format: 'csv', rows: 1, minimum: 1, maximum: 2 });
  });

  it('leaves bytes of 0 and 1 as they are: pixels already binarized', async () => {
    const { create } = await open();
    const binary = idxFile(0x08, [2, 2, 2], Buffer.from('0001010000010100', 'hex'));
    expect(await create(binary)).toMatchObject({ dtype: 'uint8', scale: 1, maximum: 1 });
  });

  it('knows the columns of a table by their names, with the words in them', async () => {
    const { store, create } = await open();
    const text = 'age,city,member\n31.5,Oslo,yes\n,Bodø,No\n40,Oslo,\n';
    const { id } = await create(text);
    const { header, profile, minimum, maximum } = await store.get(id);
    expect({ header, minimum, maximum }).toEqual({ header: true, minimum: 0, maximum: 40 });
    expect(profile?.columns).toMatchObject([
      { name: 'age', kind: 'real', missing: 1 / 3, minimum: 31.5, maximum: 40 },
      { name: 'city', kind: 'categorical', missing: 0, labels: ['Oslo', 'Bodø'] },
      { name: 'member', kind: 'binary', missing: 1 / 3, labels: ['No', 'yes'] },
    ]);
    const rows = await store.openRows(id);
    const out = new Float32Array(9);
    await rows.readRows([0, 1, 2], out);
    expect([...out]).toEqual([31.5, 0, 1, NaN, 1, 0, 40, 0, NaN]);
    await rows.close();
  });

  it('numbers the columns of a table without names', async () => {
    const { create } = await open();
    const { header, profile } = await create('red,1\nblue,2\n');
    expect(header).toBe(false);
    expect(profile?.columns.map(({ name }) => name)).toEqual(['column_1', 'column_2']);
    const asked = await create('red,small\nblue,large\n', { header: false });
    expect(asked).toMatchObject({ header: false, rows: 2 });
  });

  it('takes the scale given', async () => {
    const { create } = await open();
    expect(await create(IMAGES, { scale: 2 })).toMatchObject({ scale: 2, maximum: 510 });
  });

  it.each([
    ['a damaged file', IMAGES.subarray(0, -1), {}, 'data_invalid'],
    ['another format than given', IMAGES, { format: 'csv' as const }, 'data_invalid'],
    ['too many bytes', Buffer.alloc(2 ** 20 + 1, '1'), {}, 'too_large'],
    ['a scale of 0', IMAGES, { scale: 0 }, 'validation_failed'],
    ['a scale that overflows', IMAGES, { scale: 1e38 }, 'validation_failed'],
    ['a scale for words', 'a,b\nred,1\n', { scale: 2 }, 'data_invalid'],
    ['a header of images', IMAGES, { header: true }, 'data_invalid'],
    ['no value at all', 'a,b\nNA,\n', {}, 'data_invalid'],
    ['no training rows', IMAGES, { testRows: 4 }, 'validation_failed'],
    ['half a test row', IMAGES, { testRows: 0.5 }, 'validation_failed'],
  ])('refuses %s and leaves nothing', async (_, bytes, upload, code) => {
    const { driver, create } = await open();
    expect(await codeOf(create(bytes, upload))).toBe(code);
    expect(await driver.list('datasets')).toEqual([]);
  });

  it('leaves nothing when the upload breaks off, and closes it', async () => {
    const { driver, store } = await open();
    const broken = new Readable({ read: () => undefined });
    broken.push(IMAGES.subarray(0, 20));
    const work = store.create(broken, { name: 'broken' });
    setImmediate(() => broken.destroy(new Error('the connection broke')));
    await expect(work).rejects.toThrow('the connection broke');
    expect(await driver.list('datasets')).toEqual([]);
  });

  it('closes an upload that it refuses', async () => {
    const { store } = await open();
    const endless = Readable.from(
      (async function* () {
        while (true) yield Buffer.alloc(1000, '1,2\n');
      })(),
    );
    expect(await codeOf(store.create(endless, { name: 'endless' }))).toBe('too_large');
    expect(endless.destroyed).toBe(true);
  });

  it('shows nothing of a data set whose JSON could not be written', async () => {
    const { driver } = await open();
    const failing: StoreDriver = {
      ...driver,
      write: (key, source) =>
        key.endsWith('.json') ? Promise.reject(new Error('the disk is full')) : driver.write(key, source),
    };
    const store = createDatasetStore(failing, LIMITS);
    await expect(store.create(streamOf(IMAGES), { name: 'x' })).rejects.toThrow('the disk is full');
    expect(await driver.list('datasets')).toEqual([]);
  });
});

describe('get and list', () => {
  it.each(['ds_', '../../etc/passwd', 'mnist/../x', 'model_' + '0'.repeat(26), 'ds_' + 'A'.repeat(26), ''])(
    'refuses the id %j',
    async (id) => {
      const { store } = await open();
      expect(await codeOf(store.get(id))).toBe('id_invalid');
      expect(await codeOf(store.openRows(id))).toBe('id_invalid');
    },
  );

  it('says dataset_not_found for an unknown or unfinished data set', async () => {
    const { driver, store } = await open();
    const id = `ds_${'0'.repeat(26)}`;
    expect(await codeOf(store.get(id))).toBe('dataset_not_found');
    await driver.write(`datasets/${id}/rows.bin`, VALUES);
    expect(await codeOf(store.get(id))).toBe('dataset_not_found');
    expect((await store.list({ limit: 9 })).records.map((record) => record.id)).toEqual(['mnist']);
  });

  it.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['null', 'null'],
    ['missing fields', '{}'],
  ])('says blob_corrupt for a dataset.json that is %s, and lists the others', async (_, text) => {
    const { driver, store, create } = await open();
    const { id } = await create(IMAGES);
    const other = await create(IMAGES);
    await driver.write(`datasets/${id}/dataset.json`, Buffer.from(text));
    expect(await codeOf(store.get(id))).toBe('blob_corrupt');
    expect((await store.list({ limit: 9 })).records.map((record) => record.id)).toEqual(['mnist', other.id]);
  });

  it('reads what was stored before there were profiles, and nothing of later versions', async () => {
    const { driver, store, create } = await open();
    const old = { ...(await create(IMAGES)), profile: undefined, header: undefined, test_profile: undefined };
    const key = `datasets/${old.id}/dataset.json`;
    await driver.write(key, Buffer.from(JSON.stringify(old)));
    expect(await store.get(old.id)).toEqual({ ...old, profile: null, header: null, test_profile: null });
    await driver.write(key, Buffer.from(JSON.stringify({ ...old, version: 4 })));
    expect(await codeOf(store.get(old.id))).toBe('blob_corrupt');
  });

  it('names the file and the field of what does not agree', async () => {
    const { driver, store, create } = await open();
    const record = await create(IMAGES);
    const key = `datasets/${record.id}/dataset.json`;
    const profile = { per_column: false, columns: [] };
    for (const [field, change] of [
      ['/bytes', { rows: 5 }],
      ['/data_size', { row_shape: [3] }],
      ['/test_rows', { test_rows: 4 }],
      ['/id', { id: 'mnist' }],
      ['/profile', { profile }],
      ['/test_profile', { test_profile: profile }],
    ] as const) {
      await driver.write(key, Buffer.from(JSON.stringify({ ...record, ...change })));
      const error = await errorOf(store.get(record.id));
      expect(error).toMatchObject({ code: 'blob_corrupt' });
      expect(error?.message).toContain(`${key} is damaged: ${field} does not agree`);
    }
  });

  it('pages through built-in and stored ones, in order of making', async () => {
    const { store, create } = await open();
    const made = [await create(IMAGES), await create(IMAGES), await create(IMAGES)];
    const ids = ['mnist', ...made.map((record) => record.id).sort()];
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more; after = seen.at(-1)) {
      const page = await store.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      seen.push(...page.records.map((record) => record.id));
      expect(page.records).toHaveLength(2);
      more = page.hasMore;
    }
    expect(seen).toEqual(ids);
    expect(await store.list({ limit: 2, after: ids.at(-1) ?? '' })).toEqual({ records: [], hasMore: false });
  });
});

describe('remove', () => {
  it('takes a data set and all its files away, even if its record is damaged', async () => {
    const { driver, store, create } = await open();
    const [one, other] = [await create(IMAGES), await create('order,price\nA-1,2.5\nA-2,3\n')];
    await store.remove(one.id);
    expect(await codeOf(store.get(one.id))).toBe('dataset_not_found');
    expect(await codeOf(store.remove(one.id))).toBe('dataset_not_found');
    expect(await driver.list('datasets')).toEqual([other.id]);
    await driver.write(`datasets/${other.id}/dataset.json`, Buffer.from('{'));
    expect(await codeOf(store.get(other.id))).toBe('blob_corrupt');
    await store.remove(other.id);
    expect(await driver.list('datasets')).toEqual([]);
  });

  it('leaves nothing that shows if it is interrupted', async () => {
    const { driver, create } = await open();
    const { id } = await create(IMAGES);
    const broken: StoreDriver = {
      ...driver,
      remove: async (prefix) => {
        if (prefix === `datasets/${id}`) throw new Error('killed');
        await driver.remove(prefix);
      },
    };
    const dying = createDatasetStore(broken, LIMITS);
    await expect(dying.remove(id)).rejects.toThrow('killed');
    expect(await codeOf(dying.get(id))).toBe('dataset_not_found');
    expect((await dying.list({ limit: 10 })).records.map((record) => record.id)).toEqual(['mnist']);
    await removeLeftovers(driver, Date.now() + 25 * 3600 * 1000);
    expect(await driver.list('datasets')).toEqual([]);
  });

  it('refuses what is built in and what is no id', async () => {
    const { store } = await open();
    expect(await codeOf(store.remove('mnist'))).toBe('dataset_built_in');
    expect(await codeOf(store.remove('../models'))).toBe('id_invalid');
  });
});
