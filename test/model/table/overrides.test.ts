import { describe, expect, it } from 'vitest';
import { createTableDetector, ROLES, type Cell, type Role } from '../../../src/model/table.ts';

function detect(
  columns: Readonly<Record<string, readonly Cell[]>>,
  overrides: Readonly<Record<string, Role>> = {},
  missingMarks?: readonly string[],
) {
  const names = Object.keys(columns);
  const detector = createTableDetector({ names, overrides, ...(missingMarks && { missingMarks }) });
  const rows = Math.max(...Object.values(columns).map((cells) => cells.length));
  for (let row = 0; row < rows; row++) detector.add(names.map((name) => columns[name]?.[row] ?? null));
  return detector.finish();
}

const words = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b'];

describe('a role chosen by the user', () => {
  it('is taken for any column, with cells that do not fit as problems: their count and first places', () => {
    const { schema, problems } = detect({ x: ['1', ...words, '2'] }, { x: 'number' });
    expect(schema.columns[0]).toMatchObject({ role: 'number', reason: 'chosen by you' });
    expect(problems).toEqual([
      {
        column: 'x',
        found: '"a"',
        allowed: 'a number, such as 12.5, or nothing',
        count: 8,
        rows: [2, 3, 4, 5, 6],
      },
    ]);
  });

  it.each([
    ['count', ['1', '-2', '2.5', '3'], { found: '"-2"', count: 2, rows: [2, 3] }],
    ['datetime', ['2024-01-31', 'soon', 'later'], { found: '"soon"', count: 2, rows: [2, 3] }],
    ['datetime', [12, 13, 14], { found: '12', count: 3, rows: [1, 2, 3] }],
    [
      'flag',
      ['yes', 'no', 'perhaps'],
      { found: '3 different words, such as "yes", "no", "perhaps"', count: 1 },
    ],
  ] as const)('%s: %j', (role, cells, problem) => {
    const { problems } = detect({ x: cells }, { x: role });
    expect(problems).toMatchObject([{ column: 'x', ...problem }]);
  });

  it.each([
    ['category', [5, 7, 5], { labels: ['5', '7'], cells: 'number' }],
    ['category', [true, false, true], { labels: ['true', 'false'], cells: 'boolean' }],
    ['flag', ['f', 'm', 'f'], { labels: ['f', 'm'], cells: 'word' }],
    ['flag', [2, 1, 2], { labels: ['1', '2'], cells: 'number' }],
    ['number', ['0', '1'], { decimals: 0, offset: 0 }],
    ['datetime', [1_700_000_000, 1_700_000_001], { epoch: 'second', zone: 'Z', unit: 'second' }],
    ['datetime', [20_240_131, 20_240_201], { epoch: null, unit: 'day', zone: null }],
    ['label', words, { labels: ['a', 'b', 'c'], other_share: 0 }],
    ['id', words, {}],
    ['text', [1, 2], {}],
    ['ignore', words, {}],
  ] as const)('%s: %j', (role, cells, expected) => {
    const { schema, problems } = detect({ x: cells }, { x: role });
    expect(problems).toEqual([]);
    expect(schema.columns[0]).toMatchObject({ role, ...expected });
  });

  it('must be of a column that the table has', () => {
    expect(detect({ x: words }, { y: 'id' }).problems).toEqual([
      {
        column: 'y',
        found: 'a role for a column that the table does not have',
        allowed: 'one of x',
        count: 1,
        rows: [],
      },
    ]);
  });

  it('never fails on no rows at all', () => {
    for (const role of ROLES) {
      const detector = createTableDetector({ names: ['x'], overrides: { x: role } });
      expect(detector.finish().schema.columns).toMatchObject([{ name: 'x', role, missing: 0 }]);
    }
  });
});

describe('cells that no role explains', () => {
  it('are infinite numbers: problems of the column', () => {
    const { problems } = detect({
      x: [1.5, 'inf', 2.5, '1e999', '-Infinity'],
      y: ['inf', 'b', 'b', 'inf', 'b'],
    });
    expect(problems).toEqual([
      { column: 'x', found: '"inf"', allowed: 'a finite number, or nothing', count: 3, rows: [2, 4, 5] },
    ]);
  });

  it('are numbers with the decimal separator of few other cells', () => {
    const { problems, schema } = detect({ x: ['1,5', '2,75', '1.25', '3,5'] });
    expect(schema.columns[0]).toMatchObject({ role: 'number', format: { decimal: ',' } });
    expect(problems).toMatchObject([{ column: 'x', found: '"1.25"', count: 1, rows: [3] }]);
  });
});

describe('how numbers are written', () => {
  it('is decided by all cells of a column', () => {
    const format = (cells: readonly Cell[]) => detect({ x: cells }).schema.columns[0];
    expect(format(['1.234', '2.500', '0.125'])).toMatchObject({
      format: { decimal: '.', grouping: null },
      decimals: 3,
    });
    expect(format(['1.234', '2.500', '1,5'])).toMatchObject({
      format: { decimal: ',', grouping: '.' },
      decimals: 1,
    });
    expect(format(['1,234', '2,500'])).toMatchObject({
      format: { decimal: '.', grouping: ',' },
      decimals: 0,
    });
    expect(format(["1'234.50", '2.5'])).toMatchObject({
      format: { decimal: '.', grouping: "'" },
      decimals: 2,
    });
    expect(format(['€ 5', '7 €'])).toMatchObject({ format: { unit: '€' } });
    expect(format(['€5', '$7'])).toMatchObject({
      format: { unit: null },
      reason: 'whole numbers from 5 to 7 with € and $',
    });
  });

  it('is that of the other columns if the cells leave it open', () => {
    const { schema } = detect({ x: ['1.234', '2.500'], y: ['1,5', '2,5'] });
    expect(schema.columns.map((column) => 'format' in column && column.format.decimal)).toEqual([',', ',']);
  });
});

describe('missing values', () => {
  it('are blank cells and the usual marks, in upper and lower case', () => {
    const { schema } = detect({ x: ['1', '', 'n/a', 'NULL', ' ? ', '-', '2', '3', '4', '5'] });
    expect(schema.columns[0]).toMatchObject({ role: 'number', missing: 0.5 });
  });

  it('have marks that can be chosen', () => {
    const { schema } = detect({ x: ['None', 'Some', 'None', 'Some', '*'] }, {}, ['*']);
    expect(schema.columns[0]).toMatchObject({ role: 'category', labels: ['None', 'Some'], missing: 0.2 });
    expect(schema.missing_marks).toEqual(['*']);
  });
});

describe('memory', () => {
  it('does not grow with rows: a column that overflows its counts is text, and as a category a problem', () => {
    const names = ['x', 'y'];
    const detector = createTableDetector({ names, overrides: { y: 'category' } });
    for (let row = 0; row < 70_000; row++) detector.add([`w${row % 69_000} ${row}`, `w${row}`]);
    const { schema, problems } = detector.finish();
    expect(schema.columns[0]).toMatchObject({ role: 'id' });
    expect(problems).toMatchObject([{ column: 'y', count: 70_000 }]);
  });

  it('keeps the 1,024 most frequent words and says what share the others have', () => {
    const cells = Array.from({ length: 3000 }, (_, i) =>
      i < 2048 ? `rare ${i % 1024}` : `frequent ${i % 200}`,
    );
    const { schema } = detect({ x: [...cells, ...cells] });
    const column = schema.columns[0];
    expect(column).toMatchObject({ role: 'category' });
    expect(column && 'other_share' in column && column.other_share).toBeCloseTo((200 * 4) / 6000, 10);
    expect(column && 'labels' in column && column.labels).toHaveLength(1024);
  });
});
