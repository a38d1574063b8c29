import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRowDecoder,
  createRowEncoder,
  createTableDetector,
  listFeatures,
  listModelledColumns,
  TableSchema,
  type Cell,
  type Role,
} from '../../../src/model/table.ts';
import { compileCheck } from '../../../src/validation.ts';

const check = compileCheck(TableSchema, 'The schema');

/** Detects, encodes as float32 and decodes again. */
function pass(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  overrides: Record<string, Role> = {},
) {
  const detector = createTableDetector({ names, overrides });
  for (const row of rows) detector.add(row);
  const { schema, problems } = detector.finish();
  const [encode, decode] = [createRowEncoder(schema), createRowDecoder(schema)];
  const size = listFeatures(schema).length;
  const values = new Float32Array(rows.length * size);
  const found = rows.flatMap((row, i) => encode(row, values, i * size));
  const back = rows.map((_, i) => decode(values.subarray(i * size, (i + 1) * size)));
  return { schema, problems: [...problems, ...found], values, size, back };
}

const column = (cells: readonly Cell[]): Cell[][] => cells.map((cell) => [cell]);

describe('cells come back from features', () => {
  it('as the same numbers, to the decimals of the column', () => {
    const cents = fc.array(fc.integer({ min: -80_000, max: 80_000 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(cents, fc.constantFrom('.', ','), (all, decimal) => {
        const texts = all.map((value) => (value / 100).toFixed(2).replace('.', decimal));
        const { back, problems } = pass(['x'], column([...texts, `0${decimal}25`]), { x: 'number' });
        expect(problems).toEqual([]);
        expect(back.slice(0, -1)).toEqual(all.map((value) => [value / 100 + 0]));
      }),
    );
  });

  it('as different numbers, however large, if they differ by 1', () => {
    const start = fc.integer({ min: 1e9, max: 4e9 });
    fc.assert(
      fc.property(start, fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 3 }), (first, steps) => {
        const cells = steps.flatMap((step) => [first + step, first + step + 1]);
        for (const [name, role] of [
          ['x', 'number'],
          ['at', 'datetime'],
        ] as const) {
          const { values, back, size } = pass([name], column(cells), { [name]: role });
          const stored = cells.map((_, i) => values[i * size]);
          stored.forEach((value, i) => {
            if (i % 2 === 1) expect((value ?? NaN) - (stored[i - 1] ?? NaN)).toBe(1);
          });
          const read = back.map(([cell]) => (role === 'number' ? cell : Date.parse(String(cell)) / 1000));
          expect(read).toEqual(cells);
        }
      }),
    );
  });

  it('as the same words, flags and codes', () => {
    const words = fc.array(fc.constantFrom('red', 'green', 'blue', 'No. 5', null), { minLength: 1 });
    fc.assert(
      fc.property(words, (cells) => {
        expect(pass(['x'], column(cells), { x: 'category' }).back).toEqual(column(cells));
      }),
    );
    for (const cells of [
      ['yes', 'no'],
      [true, false],
      [0, 1],
      ['Y', 'N'],
      [null, 'on', 'off'],
    ] as const)
      expect(pass(['x'], column(cells)).back).toEqual(column(cells));
    expect(pass(['zip'], column(['007', '012', '007', '012'])).back).toEqual(
      column(['007', '012', '007', '012']),
    );
    expect(pass(['code'], column([3, 9, 3, 9])).back).toEqual(column([3, 9, 3, 9]));
  });

  it.each([
    ['days', ['31.01.2024', '01.02.2024', null], ['2024-01-31', '2024-02-01', null]],
    ['months', ['2020-01', '2021-07', '2024-12'], ['2020-01', '2021-07', '2024-12']],
    ['firsts of years', ['1970-01-01', '1982-01-01'], ['1970-01-01', '1982-01-01']],
    ['minutes', ['2024/01/31 00:47', '2024/03/31 23:59'], ['2024-01-31T00:47', '2024-03-31T23:59']],
    [
      'UTC',
      ['2024-01-31T09:30:15Z', '2024-02-01T09:30:16Z'],
      ['2024-01-31T09:30:15Z', '2024-02-01T09:30:16Z'],
    ],
    [
      'one zone',
      ['2024-01-31T09:30:15+02:00', '2024-02-01T01:30:15+02:00'],
      ['2024-01-31T09:30:15+02:00', '2024-02-01T01:30:15+02:00'],
    ],
    [
      'two zones',
      ['2024-03-31T01:30:00+01:00', '2024-03-31T03:30:00+02:00'],
      ['2024-03-31T00:30:00Z', '2024-03-31T01:30:00Z'],
    ],
    [
      'RFC 2822',
      ['Wed, 31 Jan 2024 09:30:15 +0100', 'Thu, 1 Feb 2024 10:00:00 +0100'],
      ['2024-01-31T09:30:15+01:00', '2024-02-01T10:00:00+01:00'],
    ],
  ])('as ISO text: %s', (_what, cells, expected) => {
    const { back, problems } = pass(['x'], column(cells));
    expect(problems).toEqual([]);
    expect(back).toEqual(column(expected));
  });

  it('as the same times of a year of hours, with hour and weekday as parts of their own', () => {
    const start = Date.UTC(2023, 0, 1);
    const cells = Array.from({ length: 3 * 365 * 3 }, (_, i) =>
      new Date(start + i * 8 * 3_600_000).toISOString().slice(0, 16),
    );
    const { back, schema } = pass(['at'], column(cells));
    expect(listFeatures(schema).map(({ name }) => name)).toEqual([
      'at',
      'at (hour)',
      'at (weekday)',
      'at (month)',
    ]);
    expect(back).toEqual(column(cells));
  });

  it('from every table of mixed columns, in a schema that is valid', () => {
    const row = fc.record({
      number: fc.option(fc.integer({ min: -1000, max: 1000 }).map((value) => value / 10)),
      word: fc.constantFrom('a', 'b', 'c', null),
      flag: fc.constantFrom('ja', 'nein', null),
      day: fc
        .integer({ min: 0, max: 20_000 })
        .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10)),
      note: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (objects) => {
        const rows = objects.map(({ number, word, flag, day, note }) => [number, word, flag, day, note]);
        const names = ['number', 'word', 'flag', 'day', 'note'];
        const roles = {
          number: 'number',
          word: 'category',
          flag: 'flag',
          day: 'datetime',
          note: 'text',
        } as const;
        const { schema, problems, back } = pass(names, rows, roles);
        expect(check(structuredClone(schema))).toEqual(schema);
        expect(problems.filter(({ column: name }) => name !== 'flag')).toEqual([]);
        const modelled = listModelledColumns(schema);
        expect(back).toEqual(rows.map((cells) => modelled.map((index) => cells[index] ?? null)));
      }),
    );
  });
});

describe('cells that training did not see', () => {
  const rows: Cell[][] = [
    ['red', 3, 'yes', 1.5, '2024-01-31'],
    ['blue', 0, 'no', 2.5, '2024-02-01'],
    ['red', 1, 'no', 3.5, '2024-02-03'],
  ];
  const names = ['colour', 'visits', 'paid', 'price', 'day'];
  const { schema } = pass(names, rows, { visits: 'count', colour: 'category' });
  const encode = createRowEncoder(schema);
  const features = (cells: readonly Cell[]): number[] => {
    const out = new Float64Array(5);
    expect(encode(cells, out, 0)).toEqual([]);
    return [...out];
  };

  it('are other if they are words, or no counts', () => {
    expect(features(['green', -2, 'perhaps', 1.5, null])).toEqual([-1, -1, -1, 1.5, NaN]);
    expect(features(['blue', 2.5, 'TRUE', 1.5, null])).toEqual([1, -1, 1, 1.5, NaN]);
    expect(createRowDecoder(schema)([-1, -1, -1, 1.5, NaN])).toEqual(['other', 'other', 'other', 1.5, null]);
  });

  it('are numbers and dates of any size', () => {
    expect(features([null, '12', null, '1,234.5', '2124-01-31'])).toEqual([NaN, 12, NaN, 1234.5, 36_524 - 1]);
    const out = new Float32Array(5);
    expect(encode([null, null, null, 1e300, null], out, 0)).toEqual([]);
    expect(out[3]).toBe(Math.fround(3.4028234663852886e38));
  });

  it('are problems of their row if they cannot be understood', () => {
    const out = new Float32Array(10);
    expect(encode([null, 'many', true, 'inf', 'soon'], out, 5)).toEqual([
      { column: 'visits', found: '"many"', allowed: 'a finite number, such as 12.5' },
      { column: 'price', found: '"inf"', allowed: 'a finite number, such as 12.5' },
      {
        column: 'day',
        found: '"soon"',
        allowed: 'a date or time, such as 2024-01-31 or 2024-01-31T09:30:00Z',
      },
    ]);
    expect([...out]).toEqual([0, 0, 0, 0, 0, NaN, NaN, 1, NaN, NaN]);
  });
});
