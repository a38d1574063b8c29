import { describe, expect, test } from 'vitest';
import { CallFailed } from '../../../src/cli/client.ts';
import { waitWhileBusy } from '../../../src/cli/rows/patience.ts';
import { deriveSeed, drawRows, type DrawOrder } from '../../../src/cli/sample/draws.ts';
import { parseCount, parseGiven, parseSeed } from '../../../src/cli/sample/options.ts';

const refused = (status: number) => new CallFailed('no', { refusal: { status, detail: 'no', problems: [] } });

/** Answers with rows of one value: the seed. */
function serve(refusals: number[] = [], effective = 900) {
  const calls: object[] = [];
  const answer = async <Answer>(asked: { count: number; seed: number }): Promise<Answer> => {
    const status = refusals.shift();
    if (status !== undefined) throw refused(status);
    calls.push(asked);
    const data = Array.from({ length: asked.count }, () => [asked.seed]);
    return { data, effective_sample_size: effective } as Answer;
  };
  const client = {
    getJson: async <Answer>(path: string) => {
      const query = new URLSearchParams(path.split('?')[1]);
      expect(query.get('draw')).toBe('sample');
      return answer<Answer>({ count: Number(query.get('count')), seed: Number(query.get('seed')) });
    },
    postJson: async <Answer>(_: string, body: object) => answer<Answer>(body as never),
  };
  return { client, calls };
}

async function draw({ client }: ReturnType<typeof serve>, order: Partial<DrawOrder>) {
  const model = { id: 'model_1', data_size: 6 };
  const draws = drawRows(client, model, { count: 2500, seed: 3, given: null, ...order });
  const rows = [];
  for await (const piece of draws.pieces) rows.push(...piece.rows);
  return { rows, notes: draws.listNotes() };
}

describe('rows that are made up', () => {
  test('come from requests of bounded size, each with a seed of its own', async () => {
    const service = serve();
    const { rows } = await draw(service, {});
    expect(rows).toHaveLength(2500);
    expect(service.calls).toEqual([
      { count: 1000, seed: 3 },
      { count: 1000, seed: deriveSeed(3, 1) },
      { count: 500, seed: deriveSeed(3, 2) },
    ]);
  });

  test('are the first of more', async () => {
    const more = (await draw(serve(), {})).rows;
    expect((await draw(serve(), { count: 1320 })).rows).toEqual(more.slice(0, 1320));
  });

  test('have given values', async () => {
    const service = serve();
    const { notes } = await draw(service, { count: 1, given: { city: 'Oslo' } });
    expect(service.calls).toEqual([{ model_id: 'model_1', given: { city: 'Oslo' }, count: 1, seed: 3 }]);
    expect(notes).toEqual([]);
    expect((await draw(serve([], 2.4), { count: 1, given: { city: 'Oslo' } })).notes).toEqual([
      expect.stringContaining('only about 2 different points'),
    ]);
  });

  test('are asked for again, the same, if the service takes too long', async () => {
    const service = serve([504, 504]);
    expect((await draw(service, { count: 1 })).rows).toEqual([[3]]);
    await expect(draw(serve([504, 504, 504]), { count: 1 })).rejects.toThrow(CallFailed);
  });
});

test('seeds differ between requests and between seeds', () => {
  const seeds = [0, 1, 2].flatMap((seed) => [0, 1, 2, 3].map((request) => deriveSeed(seed, request)));
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(seeds.every(Number.isSafeInteger)).toBe(true);
});

test('a busy service is waited for, but not for ever', async () => {
  const { signal } = new AbortController();
  const waits: number[] = [];
  const wait = async (ms: number) => waits.push(ms);
  const patient = (refusals: number[]) => waitWhileBusy(serve(refusals).client, signal, wait);
  const order = { count: 1, seed: 5 };
  expect(await patient([429, 503]).postJson('/samples', order)).toMatchObject({ data: [[5]] });
  expect(waits).toEqual([500, 1000]);
  await expect(patient([404]).postJson('/samples', order)).rejects.toThrow(CallFailed);
  await expect(patient(Array.from({ length: 20 }, () => 429)).postJson('/', order)).rejects.toThrow(
    CallFailed,
  );
  expect(waits.slice(2).reduce((sum, ms) => sum + ms, 0)).toBeLessThan(60_000);
});

describe('options of aevb sample', () => {
  test('are whole numbers, and pairs whose names may contain =', () => {
    expect([parseCount('100000'), parseSeed('0')]).toEqual([100_000, 0]);
    expect(parseGiven(['city=Oslo', 'a=b=c', 'x=1=2'], ['city', 'a=b', 'x'])).toEqual({
      city: 'Oslo',
      'a=b': 'c',
      x: '1=2',
    });
  });

  test.each([
    [() => parseCount('0'), '--count must be a whole number, 1 or more; found "0".'],
    [() => parseCount('1.5'), 'found "1.5"'],
    [() => parseSeed('-1'), '--seed must be a whole number, 0 or more'],
    [() => parseGiven(['city'], []), '--given must be pairs such as city=Oslo; found "city".'],
    [() => parseGiven(['city='], ['city']), 'found "city="'],
  ])('are refused otherwise', (parse, message) => {
    expect(parse).toThrow(message);
  });
});
