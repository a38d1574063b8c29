import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import { openStore } from '../../src/store/store.ts';
import { problemOf } from '../support/api.ts';
import { FakeProducer } from '../support/fake-producer.ts';
import { zipFiles } from '../store/formats/zip-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Details {
  readonly id: string;
  readonly name: string;
  readonly rows: number;
  readonly data_size: number;
  readonly derived_from: string | null;
  readonly source: { readonly bytes: number; readonly columns: object } | null;
  readonly table: { readonly columns: { name: string; role: string; reason: string }[] } | null;
  readonly profile: { readonly columns: { readonly name: string }[] };
  readonly warnings: string[];
}

/** The API over a store on the disk, which reads uploads in this thread. */
async function open(settings: Partial<Config> = {}) {
  const config = { ...loadConfig({}), dataDir: await temporaryFolder(), ...settings };
  const store = openStore(config);
  const app = await buildApp({ config, store, producer: new FakeProducer() });
  onTestFinished(() => app.close());
  const post = (url: string, payload: string | Buffer, type = 'text/csv') =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });
  return { app, store, post };
}

const rolesOf = (details: Details) =>
  Object.fromEntries((details.table?.columns ?? []).map(({ name, role }) => [name, role]));

const CITIES = ['Oslo', 'Bergen', 'Bodø'];
const day = (i: number) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
const ORDERS = [
  'order_id;amount;city;express;ordered',
  ...Array.from(
    { length: 200 },
    (_, i) =>
      `A-${1000 + i};${(i * 37.31 + 1000).toFixed(2).replace('.', ',')} €;${CITIES[i % 3] ?? ''};${i % 2 ? 'yes' : 'no'};${day(i * 3)}`,
  ),
].join('\r\n');

describe('a table', () => {
  it('goes in as people have it: semicolons, decimal commas, currency, ids and dates', async () => {
    const { app, store, post } = await open();
    const response = await post('/datasets?name=orders&test_rows=20', ORDERS);
    expect(response.statusCode).toBe(201);
    const details = response.json<Details>();
    expect(rolesOf(details)).toEqual({
      order_id: 'id',
      amount: 'number',
      city: 'category',
      express: 'flag',
      ordered: 'datetime',
    });
    expect(details).toMatchObject({ rows: 200, derived_from: null, source: { columns: {} } });
    expect(details.source?.bytes).toBe(Buffer.byteLength(ORDERS));
    expect(details.profile.columns).toHaveLength(details.data_size);
    expect(details.warnings[0]).toBe('Not modelled: order_id (id).');
    expect(details.table?.columns.every(({ reason }) => reason.length > 0)).toBe(true);
    expect((await app.inject(`/datasets/${details.id}`)).json()).toEqual(details);
    expect(await store.datasets.readIds(details.id, [199, 0, 7])).toEqual([
      ['A-1199'],
      ['A-1000'],
      ['A-1007'],
    ]);
    const list = (await app.inject('/datasets?after=mnist')).json<{ data: object[] }>();
    expect(list.data[0]).not.toHaveProperty('table');
  });

  it('takes other roles from the start, and later without its file', async () => {
    const { post, app } = await open();
    const roles = encodeURIComponent(JSON.stringify({ city: 'text', order_id: 'ignore' }));
    const first = (await post(`/datasets?columns=${roles}`, ORDERS)).json<Details>();
    expect(rolesOf(first)).toMatchObject({ city: 'text', order_id: 'ignore', amount: 'number' });
    const change = JSON.stringify({ city: 'category', express: 'ignore' });
    const response = await post(`/datasets/${first.id}/columns?name=again`, change, 'application/json');
    expect(response.statusCode).toBe(201);
    const second = response.json<Details>();
    expect(second).toMatchObject({ name: 'again', derived_from: first.id, rows: 200 });
    expect(rolesOf(second)).toMatchObject({ city: 'category', order_id: 'ignore', express: 'ignore' });
    expect((await app.inject(`/datasets/${first.id}`)).json()).toEqual(first);
  });

  it('keeps the classes of a label column beside what is modelled', async () => {
    const { store, post } = await open();
    const text = ['size,kind', ...Array.from({ length: 30 }, (_, i) => `${i / 7},${i % 2 ? 'b' : 'a'}`)].join(
      '\n',
    );
    const columns = encodeURIComponent('{"kind":"label"}');
    const details = (await post(`/datasets?columns=${columns}`, `${text}\n1.5,\n`)).json<Details>();
    expect(details).toMatchObject({ data_size: 1, rows: 31 });
    expect([...((await store.datasets.readLabels(details.id)) ?? [])].slice(28)).toEqual([0, 1, -2]);
  });

  it('with a scale is an array of numbers', async () => {
    const { post } = await open();
    const details = (await post('/datasets?scale=0.5', 'a,b\n1,2\n3,NA\n')).json<Details>();
    expect(details).toMatchObject({ table: null, source: null, data_size: 2, maximum: 1.5 });
  });

  it('whose bytes are not UTF-8 names its encoding, as a setting or as charset', async () => {
    const { post } = await open();
    const bytes = Buffer.from('by,n\nBod\xf8,1.5\nOslo,2.5\nBod\xf8,3\nOslo,4\n', 'latin1');
    for (const [url, type] of [
      ['/datasets?encoding=latin1', 'text/csv'],
      ['/datasets', 'text/csv; charset=windows-1252'],
    ] as const) {
      const details = (await post(url, bytes, type)).json<Details>();
      expect(JSON.stringify(details.table)).toContain('Bodø');
    }
    expect(problemOf(await post('/datasets', bytes))).toMatchObject({ status: 422, code: 'data_invalid' });
  });
});

const BOUNDARY = 'x-boundary-x';
const part = (head: string, content: string) =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
const form = (...parts: string[]) => `${parts.join('')}--${BOUNDARY}--\r\n`;
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;
const FILE = part('name="file"; filename="orders.csv"', ORDERS);

describe('a form', () => {
  it('has the file and its settings, in any order', async () => {
    const { post } = await open();
    const before = part('name="columns"', '{"city":"ignore"}');
    const after = part('name="test_rows"', '10') + part('name="missing"', 'Oslo,NA');
    const details = (await post('/datasets', form(before, FILE, after), FORM)).json<Details>();
    expect(details).toMatchObject({ name: 'orders.csv', rows: 200, test_rows: 10 });
    expect(rolesOf(details)).toMatchObject({ city: 'ignore' });
    const named = await post('/datasets?name=mine', form(FILE, part('name="header"', 'true')), FORM);
    expect(named.json()).toMatchObject({ name: 'mine', header: true });
  });

  it.each([
    ['no file', form(part('name="name"', 'a')), 422, /found no file/],
    ['two files', form(FILE, FILE), 422, /found more parts/],
    ['a part that does not end', FILE, 422, /unexpected end/],
    ['an unknown setting', form(FILE, part('name="shape"', '3')), 422, /not valid/],
    ['a setting of another type', form(FILE, part('name="test_rows"', 'many')), 422, /not valid/],
    ['roles that are no JSON', form(FILE, part('name="columns"', 'id')), 422, /not valid/],
  ])('with %s is refused, and leaves nothing', async (_, body, status, detail) => {
    const { store, post } = await open();
    const problem = problemOf(await post('/datasets', body, FORM));
    expect(problem.status).toBe(status);
    expect(problem.detail).toMatch(detail);
    expect((await store.datasets.list({ limit: 10 })).records.map(({ id }) => id)).toEqual(['mnist']);
  });
});

describe('what is refused', () => {
  it.each<[string, string, string | Buffer, RegExp]>([
    ['a role for a column that is not there', '?columns={"size":"id"}', ORDERS, /no column of the file/],
    ['an unknown role', '?columns={"city":"colour"}', ORDERS, /must be one of "number"/],
    ['roles of an array', '?columns={"a":"id"}', gzipSync(npyOf()), /an array, not a table/],
    ['an unknown encoding', '?encoding=klingon', ORDERS, /klingon/],
    ['as many test rows as rows', '?test_rows=200', ORDERS, /less than the 200 rows/],
  ])('%s', async (_, query, body, detail) => {
    const { post } = await open();
    const problem = problemOf(await post(`/datasets${encodeURI(query)}`, body));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(problem.errors[0]?.detail).toMatch(detail);
  });

  it('every problem of a file in one answer, with its count and first places', async () => {
    const { store, post } = await open();
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 10 === 3 ? 'ten' : 7.5 * i},ok`);
    rows[5] = '5,1';
    rows[25] = '1,2,ok,4';
    const columns = encodeURIComponent('{"b":"number"}');
    const problem = problemOf(await post(`/datasets?columns=${columns}`, ['a,b,c', ...rows].join('\n')));
    expect(problem).toMatchObject({ status: 422, code: 'data_invalid' });
    const details = problem.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
    expect(details).toEqual([
      expect.stringMatching(/^row 7: found 2 columns; allowed: 3/),
      expect.stringMatching(/^row 27: found 4 columns; allowed: 3/),
      expect.stringMatching(/^row 5, column 2 \(b\): found "ten".*; 3 more at row 15, row 25, row 35/),
    ]);
    expect((await store.datasets.list({ limit: 10 })).records).toHaveLength(1);
  });

  it('a table without a column that can be modelled', async () => {
    const { post } = await open();
    const columns = encodeURIComponent('{"a":"ignore","b":"text"}');
    const problem = problemOf(await post(`/datasets?columns=${columns}`, 'a,b\n1,x\n2,y\n'));
    expect(problem.detail).toMatch(/none that can be modelled: a \(ignore/);
  });

  it('a ZIP file whose directory points beyond its end', async () => {
    const { store, post } = await open();
    const whole = zipFiles([{ name: 'x.npy', bytes: npyOf() }]);
    expect((await post('/datasets', whole)).statusCode).toBe(201);
    const damaged = Buffer.from(whole);
    // Where the file begins, in the only entry of the directory.
    damaged.writeUInt32LE(0x7fffff00, damaged.indexOf('PK\x01\x02') + 42);
    const problem = problemOf(await post('/datasets', damaged));
    expect(problem).toMatchObject({ status: 422, code: 'data_invalid' });
    expect(problem.detail).toMatch(/damaged or unusual ZIP file/);
    expect((await store.datasets.list({ limit: 10 })).records).toHaveLength(2);
  });

  it('other roles for a data set without a stored table', async () => {
    const { post } = await open();
    const array = (await post('/datasets', npyOf())).json<Details>();
    const problem = problemOf(await post(`/datasets/${array.id}/columns`, '{"a":"id"}', 'application/json'));
    expect(problem).toMatchObject({ status: 409, code: 'no_source' });
  });
});

/** A float32 array [2, 2]. */
function npyOf(): Buffer {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".padEnd(117) + '\n';
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(new Float32Array([1, 2, 3, 4]).buffer)]);
}
