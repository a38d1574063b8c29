import { expect, test } from 'vitest';
import { askTable, type NamedRow, type RowWithOutcome } from '../../../src/cli/rows/requests.ts';
import type { Cell } from '../../../src/model/table.ts';
import type { CellBatch } from '../../../src/store/formats/file.ts';

const verdict = (score: number) => ({ score });

async function* inBatches(...sizes: number[]): AsyncGenerator<CellBatch> {
  let next = 0;
  for (const size of sizes) {
    const numbers = Array.from({ length: size }, () => next++);
    yield {
      rows: numbers.map((number): Cell[] => [number, `w${number}`]),
      numbers: numbers.map((n) => n + 2),
    };
  }
}

async function score(batches: AsyncIterable<CellBatch>, limit?: number) {
  const requests: (readonly NamedRow[])[] = [];
  const scored: RowWithOutcome<{ score: number }>[] = [];
  const scorer = async (rows: readonly NamedRow[]) => {
    requests.push(rows);
    return rows.map(({ a }) => verdict(Number(a)));
  };
  for await (const rows of askTable({ names: ['a', 'b'], batches }, scorer, limit)) scored.push(...rows);
  return { requests, scored };
}

test('rows are asked about by name, in their order', async () => {
  const { requests, scored } = await score(inBatches(2, 1));
  expect(requests).toEqual([
    [
      { a: 0, b: 'w0' },
      { a: 1, b: 'w1' },
    ],
    [{ a: 2, b: 'w2' }],
  ]);
  expect(scored).toEqual([0, 1, 2].map((i) => ({ number: i + 2, cells: [i, `w${i}`], outcome: verdict(i) })));
});

test('large batches are cut into requests', async () => {
  const { requests, scored } = await score(inBatches(500, 3));
  expect(requests.map(({ length }) => length)).toEqual([200, 200, 100, 3]);
  expect(scored.map(({ number }) => number)).toEqual(Array.from({ length: 503 }, (_, i) => i + 2));
});

test('long texts make small requests, one row at least', async () => {
  const rows = Array.from({ length: 3 }, (): Cell[] => [1, 'x'.repeat(3_000_000)]);
  const batches = async function* () {
    yield { rows, numbers: [1, 2, 3] };
  };
  expect((await score(batches())).requests.map(({ length }) => length)).toEqual([1, 1, 1]);
});

test('no more rows are read than asked for', async () => {
  const failing = async function* () {
    yield* inBatches(2, 3);
    throw new Error('read too far');
  };
  expect((await score(failing(), 4)).scored.map(({ number }) => number)).toEqual([2, 3, 4, 5]);
});
