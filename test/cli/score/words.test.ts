import { describe, expect, test } from 'vitest';
import { describeProblems } from '../../../src/cli/rows/outcome.ts';
import type { ColumnVerdict } from '../../../src/cli/score/verdict.ts';
import { explainStrangeness, formatValue, toExpectedCell } from '../../../src/cli/score/words.ts';
import type { Cell, TableColumn, TableSchema } from '../../../src/model/table.ts';
import { describeDay } from '../../support/table-columns.ts';

const interval = (column: string, share: number, median: Cell, low: Cell, high: Cell): ColumnVerdict => ({
  column,
  share,
  expected: { kind: 'interval', median, low, high, parts: [] },
});
const words = (
  column: string,
  share: number,
  ...found: readonly (readonly [Cell, number])[]
): ColumnVerdict => ({
  column,
  share,
  expected: { kind: 'words', words: found.map(([word, probability]) => ({ word, probability })) },
});
const ROW: Readonly<Record<string, Cell>> = {
  energy_kwh: '55',
  celsius: '20.5',
  model: 'maxi',
  load_kg: 115,
  day: '2020-03-01',
};
const column = { reason: 'a test', missing: 0 };
const format = { decimal: '.', grouping: null, unit: null } as const;
const number = (name: string, decimal: '.' | ','): TableColumn => ({
  ...column,
  name,
  role: 'number',
  format: { ...format, decimal },
  decimals: 2,
  offset: 0,
  also_missing: [],
});
const SCHEMA: TableSchema = {
  columns: [number('a', '.'), number('b', ','), describeDay('day', 0)],
  missing_marks: [],
};
const explain = (...columns: ColumnVerdict[]): string =>
  explainStrangeness(columns, (name) => ROW[name] ?? null, SCHEMA);

describe('the reason of a strange row', () => {
  test('names the value and what would be expected', () => {
    expect(explain(interval('energy_kwh', 0.9, 29, 26, 33))).toBe(
      'energy_kwh is 55, where 29 (26 to 33) would be expected',
    );
  });

  test('names up to three columns with a fair share', () => {
    const columns = [
      interval('energy_kwh', 0.4, 29, 26, 33),
      words('model', 0.35, ['mini', 0.82], ['midi', 0.15], ['maxi', 0.03]),
      interval('celsius', 0.21, -3, -5, 1.5),
      interval('load_kg', 0.04, 900, 700, 1000),
    ];
    expect(explain(...columns)).toBe(
      [
        'energy_kwh is 55, where 29 (26 to 33) would be expected',
        'model is "maxi", where "mini" (82 %) or "midi" (15 %) would be expected',
        'celsius is 20.5, where -3 (-5 to 1.5) would be expected',
      ].join('; '),
    );
  });

  test('names the column with the largest share, however small', () => {
    expect(explain(words('model', 0.1, ['mini', 0.004]))).toBe(
      'model is "maxi", where "mini" (< 1 %) would be expected',
    );
  });

  test('names no value that could be expected', () => {
    const columns = [
      words('model', 0.5, ['mini', 0.6], ['maxi', 0.15]),
      interval('celsius', 0.25, 20, 10, 30),
      interval('energy_kwh', 0.25, 29, 26, 33),
    ];
    expect(explain(...columns)).toBe('energy_kwh is 55, where 29 (26 to 33) would be expected');
    const isNamed = (name: string, cells: Cell[]) =>
      cells.map((cell) =>
        explainStrangeness([interval(name, 1, 50, 10, 2000)], () => cell, SCHEMA).startsWith(name),
      );
    expect(isNamed('a', ['12.5', '$1,234.50', '12 %', '1e2', '2.345,6', '2020-01-02'])).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(isNamed('b', ['12,5', '1.234,50 \u20ac', '1.234', '2.345,6 \u20ac'])).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(explain(...columns.slice(0, 2))).toBe(
      'no value stands out; the least usual: model is "maxi", where "mini" (60 %) or "maxi" (15 %) would be expected',
    );
    const day = interval('day', 1, '2020-02-02', '2020-01-01', '2020-06-30');
    expect(explain(day)).toMatch(/^no value stands out;/);
    expect(explainStrangeness([day], () => '03.02.2020', SCHEMA)).toMatch(/^no value stands out;/);
    expect(explainStrangeness([day], () => '02.12.2020', SCHEMA)).toMatch(/^day is 02.12.2020,/);
    expect(explain(interval('day', 1, '2019-02-02', '2019-01-01', '2020-02-01'))).toMatch(
      /^day is 2020-03-01,/,
    );
  });

  test.each([[[]], [[{ column: 'model', share: 0, expected: null }]]])(
    'says so if there is none: %j',
    (columns) => {
      expect(explain(...columns)).toBe('no value stands out');
    },
  );

  test('names the usual weekday of a date, if there is one', () => {
    const parts = [
      { part: 'weekday', word: 'Monday', probability: 0.8 },
      { part: 'month', word: 'May', probability: 0.12 },
    ];
    const expected = {
      kind: 'interval',
      median: '2020-03-02',
      low: '2020-01-01',
      high: '2020-06-30',
      parts,
    } as const;
    expect(explain({ column: 'day', share: 1, expected })).toBe(
      'day is 2020-03-01, where 2020-03-02 (2020-01-01 to 2020-06-30) on weekday Monday (80 %) would be expected',
    );
  });

  test('does without what would be expected if nobody knows', () => {
    expect(explain({ column: 'model', share: 1, expected: null })).toBe('model is "maxi"');
  });
});

test.each<[Cell, string]>([
  [null, 'missing'],
  [' ', 'empty'],
  [true, 'true'],
  ['1999', '1999'],
  ['658672302', '658,672,302'],
  [658672302, '658,672,302'],
  [1234567.891, '1,234,567.89'],
  ['0.30000000000000004', '0.3'],
  ['-0.000012', '-0.000012'],
  ['$1,200', '$1,200'],
  ['6.633,17 \u20ac', '6.633,17 \u20ac'],
  ['12%', '12%'],
  ['2020-01-02', '2020-01-02'],
  ['mini van', '"mini van"'],
  ['a'.repeat(50), `"${'a'.repeat(39)}\u2026"`],
  ['\u001b[31m', '"\\u001b[31m"'],
])('%j is shown as %s', (cell, text) => {
  expect(formatValue(cell)).toBe(text);
});

test('a cell of a file gets what would be expected as it is', () => {
  const [first, second] = [interval('a', 1, 12345.5, 12000, 13000), words('b', 1, ['x, y', 0.6], [7, 0.397])];
  expect([first, second].map(({ expected }) => expected && toExpectedCell(expected, String))).toEqual([
    '12345.5 (12000 to 13000)',
    'x, y 60 %, 7 40 %',
  ]);
});

test('every problem of a row is told', () => {
  const problems = [
    { column: 'price', found: '"abc"', allowed: 'a number' },
    { column: 'day', found: '"32"', allowed: 'a date' },
  ];
  expect(describeProblems(5, problems)).toBe(
    'row 5, price: found "abc"; allowed: a number; day: found "32"; allowed: a date',
  );
});
