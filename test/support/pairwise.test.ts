import { expect, it } from 'vitest';
import { combine, coverPairs } from './pairwise.ts';

it('rows that cover all pairs are few, and no pair is missing', () => {
  const rows = combine({
    a: [1, 2, 3, 4],
    b: ['x', 'y', 'z'],
    c: [true, false],
    d: [undefined, 1, 2],
  }).filter(({ a, b }) => a !== 1 || b === 'x');
  expect(rows).toHaveLength(4 * 3 * 2 * 3 - 2 * 2 * 3);
  const few = coverPairs(rows);
  expect(few.length).toBeLessThan(20);
  const columns = ['a', 'b', 'c', 'd'] as const;
  for (const row of rows)
    for (const first of columns)
      for (const second of columns)
        expect(few.some((one) => one[first] === row[first] && one[second] === row[second])).toBe(true);
});
