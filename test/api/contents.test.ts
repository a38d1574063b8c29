import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DatasetUpload } from '../../src/store/datasets.ts';
import { createDatasetStore } from '../../src/store/dataset-store.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { decodeNpy, encodeNpy } from '../../src/store/formats/npy.ts';
import { openStored, readTable } from '../store/formats/opening.ts';
import { idxFile, streamOf } from '../store/support.ts';
import { buildTestApi, problemOf } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Config } from '../../src/config.ts';

/** The API over data sets on the disk. */
async function open(settings: Partial<Config> = {}) {
  const api = await buildTestApi(settings);
  const driver = fsDriver(await temporaryFolder());
  const store = createDatasetStore(driver, { maxUploadBytes: 2 ** 24, maxDatasetBytes: 2 ** 24 });
  Object.assign(api.datasets, store);
  const upload = async (bytes: Uint8Array | string, settings: Partial<DatasetUpload> = {}) =>
    (await store.create(streamOf(bytes), { name: 'orders', ...settings })).id;
  const get = (url: string, accept?: string) =>
    api.call({ url, ...(accept !== undefined && { headers: { accept } }) });
  return { api, driver, upload, get };
}

const CITIES = ['Oslo', 'Bergen', 'Bodø, "north"'];
const day = (i: number) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
const COUNT = 240;
/** A row as answers show it: without the text column, which is not kept. */
const rowOf = (i: number): (string | number | null)[] => [
  `A-${1000 + i}`,
  i % 50 === 7 ? null : Number((i * 3.31 + 1000).toFixed(2)),
  CITIES[i % 3] ?? '',
  i % 2 ? 'yes' : 'no',
  day(i * 3),
  i % 4 ? 'good' : 'bad',
];
const ORDERS = [
  'order_id;amount;city;express;ordered;note;kind',
  ...Array.from({ length: COUNT }, (_, i) => {
    const [id, amount, city, express, ordered, kind] = rowOf(i);
    const price = amount === null ? '' : `${String(amount).replace('.', ',')} €`;
    return `${id};${price};"${String(city).replaceAll('"', '""')}";${express};${ordered};note ${i} of many;${kind}`;
  }),
].join('\r\n');
const TABLE: Partial<DatasetUpload> = {
  columns: { kind: 'label', note: 'text', order_id: 'id' },
  testRows: 40,
};
const NAMES = ['order_id', 'amount', 'city', 'express', 'ordered', 'kind'];
const expected = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => rowOf(from + i));

interface Rows {
  readonly data: unknown[][];
  readonly has_more: boolean;
}

describe('rows of a table', () => {
  it('are shown with ids and labels, in their units and words', async () => {
    const { upload, get } = await open();
    const id = await upload(ORDERS, TABLE);
    const answer = await get(`/datasets/${id}/rows`);
    expect(answer.json()).toEqual({
      dataset_id: id,
      rows: COUNT,
      from: 0,
      columns: NAMES,
      data: expected(0, 100),
      has_more: true,
    });
    expect(answer.headers).toMatchObject({
      vary: 'accept, accept-encoding',
      link: '<?from=100&limit=100>; rel="next"',
    });
    const last = await get(`/datasets/${id}/rows?from=230&limit=1000`);
    expect(last.json()).toMatchObject({ data: expected(230, COUNT), has_more: false });
    expect(last.headers['link']).toBeUndefined();
  });

  it('are files if asked for: by the query or the Accept header', async () => {
    const { upload, get } = await open();
    const id = await upload(ORDERS, TABLE);
    const url = `/datasets/${id}/rows?from=5&limit=7`;
    const csv = await get(url, 'text/csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.body.split('\n').slice(0, 3)).toEqual([
      NAMES.join(','),
      'A-1005,1016.55,"Bodø, ""north""",yes,2023-01-16,good',
      'A-1006,1019.86,Oslo,no,2023-01-19,good',
    ]);
    const lines = await get(url, 'application/x-ndjson');
    const objects = lines.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(objects.map(Object.values)).toEqual(expected(5, 12));
    const parquet = await get(`${url}&format=parquet`);
    expect(await readTable(openStored(parquet.rawPayload))).toMatchObject({
      names: NAMES,
      rows: expected(5, 12),
    });
  });

  it('are numbers in NPY if no column has words', async () => {
    const { upload, get } = await open();
    const numbers = await upload('a,b\n1.5,2\n,3.25\n');
    const npy = await get(`/datasets/${numbers}/rows?format=npy`);
    const { shape, data } = decodeNpy(npy.rawPayload, { maxValues: 10 });
    expect([shape, [...data]]).toEqual([
      [2, 2],
      [1.5, 2, NaN, 3.25],
    ]);
    const words = await upload(ORDERS, TABLE);
    for (const path of ['rows', 'download']) {
      const problem = problemOf(await get(`/datasets/${words}/${path}?format=npy`));
      expect(problem).toMatchObject({ status: 406, code: 'not_acceptable' });
      expect(problem.detail).toBe(
        'Columns of words or dates (order_id, city, express, ordered, kind) cannot be written as npy; available: csv, jsonl, parquet.',
      );
    }
  });

  it('are bounded', async () => {
    const { upload, get } = await open({ maxInferenceValues: 60 });
    const id = await upload(ORDERS, TABLE);
    expect((await get(`/datasets/${id}/rows?limit=10`)).statusCode).toBe(200);
    expect(problemOf(await get(`/datasets/${id}/rows?limit=11`))).toMatchObject({ status: 413 });
    for (const [query, pointer] of [
      ['from=240', 'from'],
      ['from=-1', 'from'],
      ['limit=0', 'limit'],
      ['format=xml', 'format'],
      ['offset=3', 'offset'],
    ]) {
      const problem = problemOf(await get(`/datasets/${id}/rows?${query}`));
      expect([problem.status, problem.errors[0]?.pointer], query).toEqual([422, pointer]);
    }
    expect(problemOf(await get(`/datasets/${id}/rows`, 'image/png'))).toMatchObject({ status: 406 });
    expect(problemOf(await get('/datasets/ds_nope/rows'))).toMatchObject({ status: 404 });
  });
});

describe('rows of an array', () => {
  it('are its numbers, with as few digits as tell them apart', async () => {
    const { upload, get } = await open();
    const values = Float32Array.from([0.1, -2.5e-7, 3, NaN, 1 / 3, 16777216]);
    const id = await upload(encodeNpy([2, 3], values));
    const { data } = (await get(`/datasets/${id}/rows`)).json<Rows>();
    expect(data).toEqual([
      [0.1, -2.5e-7, 3],
      [null, 0.33333334, 16777216],
    ]);
    expect(Float32Array.from(data.flat().map((cell) => (cell === null ? NaN : Number(cell))))).toEqual(
      values,
    );
    const csv = await get(`/datasets/${id}/download`);
    expect(csv.body).toBe('column_1,column_2,column_3\n0.1,-2.5e-7,3\n,0.33333334,16777216\n');
  });

  it('keep their shape in NPY', async () => {
    const { upload, get } = await open();
    const bytes = Uint8Array.from({ length: 5 * 6 }, (_, i) => i * 8);
    const id = await upload(idxFile(0x08, [5, 2, 3], bytes));
    const { shape, data } = decodeNpy((await get(`/datasets/${id}/download?format=npy`)).rawPayload, {
      maxValues: 100,
    });
    expect(shape).toEqual([5, 2, 3]);
    expect(data).toEqual(Float32Array.from(bytes, (value) => value / 255));
  });
});

describe('a download', () => {
  it.each(['csv', 'jsonl', 'parquet'] as const)('is read back as the same data set: %s', async (format) => {
    const { api, upload, get } = await open();
    const id = await upload(ORDERS, { ...TABLE, name: 'Bestellungen "å".csv' });
    const answer = await get(`/datasets/${id}/download?format=${format}`);
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="Bestellungen ___.${format}"; filename*=UTF-8''Bestellungen%20%22%C3%A5%22.${format}`,
    );
    const again = await upload(answer.rawPayload, { columns: { kind: 'label' }, testRows: 40 });
    const [one, other] = await Promise.all([id, again].map((each) => api.datasets.get(each)));
    const rolesOf = (record: typeof one) =>
      record?.table?.columns.filter(({ name }) => name !== 'note').map(({ name, role }) => [name, role]);
    expect(rolesOf(other)).toEqual(rolesOf(one));
    expect(other?.sha256).toBe(one?.sha256);
  });

  it('of the source is the upload, byte for byte', async () => {
    const { upload, get } = await open();
    const bytes = gzipSync(ORDERS);
    const id = await upload(bytes, { name: 'orders.csv.gz' });
    const answer = await get(`/datasets/${id}/download?format=source`);
    expect(answer.rawPayload).toEqual(bytes);
    expect(answer.headers).toMatchObject({
      'content-length': String(bytes.length),
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="orders.csv.gz"; filename*=UTF-8''orders.csv.gz`,
    });
    const array = await upload(encodeNpy([1, 2], new Float32Array(2)));
    const problem = problemOf(await get(`/datasets/${array}/download?format=source`));
    expect(problem).toMatchObject({ status: 409, code: 'upload_not_kept' });
  });

  it('of damaged rows is refused before it begins', async () => {
    const { driver, upload, get } = await open();
    const id = await upload(ORDERS, TABLE);
    const key = `datasets/${id}/rows.bin`;
    const rows = await driver.read(key);
    rows[100] = 255 - (rows[100] ?? 0);
    await driver.write(key, rows);
    expect(problemOf(await get(`/datasets/${id}/download`))).toMatchObject({
      status: 500,
      code: 'blob_corrupt',
    });
    await driver.write(key, rows.subarray(4));
    expect(problemOf(await get(`/datasets/${id}/rows`))).toMatchObject({ status: 500 });
  });

  it('needs a known format', async () => {
    const { upload, get } = await open();
    const id = await upload(ORDERS);
    const problem = problemOf(await get(`/datasets/${id}/download?format=xlsx`));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, 'format']);
  });
});

describe('a preview', () => {
  const IMAGES = idxFile(
    0x08,
    [5, 2, 3],
    Uint8Array.from({ length: 30 }, (_, i) => i * 8),
  );

  it('shows images in a grid', async () => {
    const { upload, get } = await open();
    const id = await upload(IMAGES);
    const answer = await get(`/datasets/${id}/preview?from=1&count=64&zoom=2`);
    expect(answer.headers['content-type']).toBe('image/png');
    // Two columns and rows of 3 x 2 pixels with one pixel between, twice as large.
    expect([answer.rawPayload.readUInt32BE(16), answer.rawPayload.readUInt32BE(20)]).toEqual([14, 10]);
  });

  it('is refused for rows that are no images, and for too many', async () => {
    const { upload, get } = await open({ maxInferenceValues: 12 });
    const table = await upload(ORDERS);
    expect(problemOf(await get(`/datasets/${table}/preview`))).toMatchObject({
      status: 409,
      code: 'not_images',
    });
    const images = await upload(IMAGES);
    expect((await get(`/datasets/${images}/preview?count=2`)).statusCode).toBe(200);
    expect(problemOf(await get(`/datasets/${images}/preview?count=3`))).toMatchObject({ status: 413 });
    expect(problemOf(await get(`/datasets/${images}/preview?from=5`))).toMatchObject({ status: 422 });
  });
});

describe('statistics', () => {
  it('come in the units and words of the columns, without test rows', async () => {
    const { upload, get } = await open();
    const id = await upload(ORDERS, TABLE);
    const statistics = (await get(`/datasets/${id}/statistics`)).json<{ columns: object[] }>();
    expect(statistics).toMatchObject({ dataset_id: id, rows: 200, test_rows: 40 });
    const [orderId, amount, city, express, ordered, note, kind] = statistics.columns;
    expect(orderId).toMatchObject({ name: 'order_id', role: 'id', missing: 0, mean: null, words: null });
    expect(amount).toMatchObject({
      role: 'number',
      missing: 4 / 200,
      unit: '€',
      minimum: 1000,
      maximum: 1658.69,
      words: null,
    });
    const amounts = expected(0, 200).flatMap(([, value]) => (typeof value === 'number' ? [value] : []));
    const mean = amounts.reduce((sum, value) => sum + value, 0) / amounts.length;
    expect(amount).toHaveProperty('mean', expect.closeTo(mean, 2));
    expect(city).toMatchObject({ role: 'category', distinct: 3 });
    expect(city).toHaveProperty('words', [
      { word: 'Oslo', share: 67 / 200 },
      { word: 'Bergen', share: 67 / 200 },
      { word: 'Bodø, "north"', share: 66 / 200 },
    ]);
    expect(express).toMatchObject({
      role: 'flag',
      words: [
        { word: 'no', share: 0.5 },
        { word: 'yes', share: 0.5 },
      ],
    });
    expect(ordered).toMatchObject({
      role: 'datetime',
      minimum: '2023-01-01',
      maximum: day(199 * 3),
      unit: 'days',
    });
    expect(note).toMatchObject({ role: 'text', distinct: null });
    expect(kind).toMatchObject({ role: 'label', distinct: 2 });
  });

  it('of images are about all values together', async () => {
    const { upload, get } = await open();
    const id = await upload(idxFile(0x08, [2, 1, 2], Buffer.from([0, 51, 102, 255])));
    expect((await get(`/datasets/${id}/statistics`)).json()).toMatchObject({
      columns: [
        { name: 'values', role: null, minimum: 0, maximum: 1, mean: expect.closeTo(0.4, 6) as number },
      ],
    });
  });
});
