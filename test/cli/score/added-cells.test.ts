import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDecimalSign, nameApart } from '../../../src/cli/rows/row-columns.ts';
import { addedColumns, toAddedCells } from '../../../src/cli/score/added-cells.ts';
import { toCsvLine } from '../../../src/store/formats/output/csv.ts';

test.each([',', ';', '\t', '|'])('lines separated by %j are read back as they were', (delimiter) => {
  const cells = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 });
  const special = fc.array(fc.constantFrom('', ' ', '"', ',', ';', '\n', '\r\n', '1,5', 'a"b'), {
    minLength: 2,
  });
  fc.assert(
    fc.property(fc.oneof(cells, special), (row) => {
      const [found] = parse(toCsvLine(row, delimiter), { delimiter, record_delimiter: '\n' });
      expect(found).toEqual(row);
    }),
  );
});

test('missing cells are empty, numbers and flags as JSON writes them', () => {
  expect(toCsvLine([null, 0.5, true, 'x'], ',')).toBe(',0.5,true,x\n');
});

describe('columns that are added', () => {
  test('have names of their own', () => {
    const names = (taken: string[]) => nameApart(addedColumns('.'), taken).map(({ name }) => name);
    const added = ['score', 'p_value', 'flagged', 'strangest_column', 'expected'];
    expect(names(['a', 'b'])).toEqual(added);
    expect(names(['a', 'score'])).toEqual(added.map((name) => `aevb_${name}`));
    expect(names(['score', 'aevb_expected'])[0]).toBe('aevb_aevb_score');
  });

  test('hold the score and the strangest column', () => {
    const expected = { kind: 'interval', median: 29, low: 26, high: 33, parts: [] } as const;
    const columns = [{ column: 'energy_kwh', share: 0.7, expected }];
    expect(toAddedCells({ score: 96.6912345, pValue: 0.000512345, flagged: true, columns }, '.')).toEqual([
      96.6912,
      0.0005123,
      true,
      'energy_kwh',
      '29 (26 to 33)',
    ]);
  });

  test('say what a row lacks that could not be scored', () => {
    const problems = [{ column: 'price', found: '"abc"', allowed: 'a number' }];
    expect(toAddedCells({ problems }, '.')).toEqual([null, null, null, 'price', 'a number']);
  });
});

test('numbers in words have the decimal sign of the table', () => {
  const column = (decimal: '.' | ',') => ({
    name: 'a',
    role: 'number' as const,
    reason: 'numbers',
    missing: 0,
    format: { decimal, grouping: null, unit: null },
    decimals: 1,
    offset: 0,
    also_missing: [],
  });
  const table = { columns: [column('.'), column(',')], missing_marks: [] };
  expect([null, { ...table, columns: [column('.')] }, table].map(findDecimalSign)).toEqual(['.', '.', ',']);
  const expected = { kind: 'interval', median: 29.5, low: 26, high: 33.25, parts: [] } as const;
  const columns = [{ column: 'a', share: 0.7, expected }];
  expect(toAddedCells({ score: 1.5, pValue: 0.25, flagged: false, columns }, ',')).toEqual([
    1.5,
    0.25,
    false,
    'a',
    '29,5 (26 to 33,25)',
  ]);
});
