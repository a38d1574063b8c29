import { expect, test } from 'vitest';
import type { Client } from '../../src/cli/client.ts';
import { PICTURE_KINDS } from '../../src/cli/picture/kinds.ts';

const GIVEN = { format: 'png', zoom: 2 };

/** What a kind asks the service for. */
async function callsOf(kind: string, given: object = {}): Promise<unknown[]> {
  const calls: unknown[] = [];
  const unused = async (): Promise<never> => Promise.reject(new Error('not a call of a picture'));
  const answers: Record<string, object> = {
    '/models/m_1': { dataset_id: 'ds_1' },
    '/datasets/ds_1': { rows: 8, test_rows: 3 },
  };
  const client: Client = {
    getJson: async <Answer>(path: string) => answers[path] as Answer,
    postJson: unused,
    getBytes: async (path) => {
      calls.push(path);
      return new Uint8Array();
    },
    postBytes: async (path, body) => {
      calls.push(path, body);
      return new Uint8Array();
    },
    upload: unused,
    waitForJob: unused,
  };
  await PICTURE_KINDS[kind]?.fetch(client, 'm_1', { ...given, ...GIVEN });
  return calls;
}

test.each([
  ['samples', { count: 4 }, '/samples?model_id=m_1&count=4&format=png&zoom=2'],
  ['manifold', { size: 5 }, '/models/m_1/manifold?size=5&format=png&zoom=2'],
  ['traversal', { row: 0 }, '/models/m_1/traversal?row=0&format=png&zoom=2'],
  ['scatter', { dimensions: '1,0' }, '/models/m_1/scatter?dimensions=1%2C0&format=png&zoom=2'],
])('%s is got', async (kind, given, path) => {
  expect(await callsOf(kind, given)).toEqual([path]);
});

test('interpolation is posted', async () => {
  const body = { model_id: 'm_1', from: 1, to: 2, ...GIVEN };
  expect(await callsOf('interpolation', { from: 1, to: 2 })).toEqual(['/interpolate', body]);
});

test('reconstructions are of the rows named, or of the first test rows', async () => {
  expect(await callsOf('reconstructions', { rows: [4] })).toEqual([
    '/reconstruct',
    { model_id: 'm_1', rows: [4], ...GIVEN },
  ]);
  expect((await callsOf('reconstructions'))[1]).toMatchObject({ rows: [5, 6, 7] });
});

test('numbers are read as numbers, and refused where they are none', () => {
  const flags = Object.values(PICTURE_KINDS).flatMap((kind) => kind.flags);
  const parse = (name: string, text: string): unknown =>
    flags.find(({ flag }) => flag.startsWith(`--${name} `))?.parse(text);
  expect(parse('size', '20')).toBe(20);
  expect(parse('rows', '3,1')).toEqual([3, 1]);
  for (const text of ['many', '1.5', '-1']) {
    expect(() => parse('size', text)).toThrow('Not a whole number.');
  }
});
