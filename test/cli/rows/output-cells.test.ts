import { describe, expect, test } from 'vitest';
import { createCellWriter } from '../../../src/cli/rows/output-cells.ts';
import { describeModelled, describeOther, type RowColumn } from '../../../src/cli/rows/row-columns.ts';
import type { Cell, TableColumn } from '../../../src/model/table.ts';
import type { OutputFormat } from '../../../src/model/specification.ts';

const common = { name: 'a', reason: 'a test', missing: 0 };
const number = (decimal: '.' | ','): TableColumn => ({
  ...common,
  role: 'number',
  format: { decimal, grouping: null, unit: null },
  decimals: 2,
  offset: 0,
  also_missing: ['-999'],
});
const coded = (labels: string[], cells: 'word' | 'number' | 'boolean'): TableColumn => ({
  ...common,
  role: 'category',
  labels,
  cells,
  other_share: 0,
});
const MARKS = ['NA'];
const POINT = describeModelled(number('.'), MARKS);
const COMMA = describeModelled(number(','), MARKS);

const write = (format: OutputFormat, column: RowColumn, cells: readonly Cell[]): Cell[] =>
  cells.map(createCellWriter(format, column));

describe('cells of a file', () => {
  const cells = ['1.5', ' 2 ', '$1,234.50', 'NA', '', '-999', 'abc', 7, null];

  test('stay as they are in CSV, but numbers have the decimal sign of the column', () => {
    expect(write('csv', POINT, cells)).toEqual(cells);
    expect(write('csv', COMMA, ['1.234,5 €', 20.5, null, true])).toEqual(['1.234,5 €', '20,5', null, true]);
  });

  test('become numbers elsewhere; what cannot be read stays only where it can', () => {
    const read = [1.5, 2, 1234.5, null, null, null];
    expect(write('jsonl', POINT, cells)).toEqual([...read, 'abc', 7, null]);
    expect(write('parquet', POINT, cells)).toEqual([...read, null, 7, null]);
    expect(write('jsonl', COMMA, ['1.234,5 €', '20,5'])).toEqual([1234.5, 20.5]);
  });

  test('are words, numbers or flags as the model has them', () => {
    expect(write('parquet', describeModelled(coded(['x', 'y'], 'word'), MARKS), ['x', 'NA', '1'])).toEqual([
      'x',
      null,
      '1',
    ]);
    expect(write('parquet', describeModelled(coded(['4', '6'], 'number'), MARKS), ['4', '6.0'])).toEqual([
      4, 6,
    ]);
    const flags = describeModelled(coded(['false', 'true'], 'boolean'), MARKS);
    expect(flags.kind).toBe('flag');
    expect(write('parquet', flags, ['TRUE', false, 'no', 'perhaps'])).toEqual([true, false, false, null]);
  });
});

describe('columns that the model does not use', () => {
  test('are text in CSV files, zeros in front included', () => {
    const column = describeOther('id', ['007', '8'], false);
    expect(column.kind).toBe('text');
    expect(write('jsonl', column, ['007', '', 'NA'])).toEqual(['007', null, 'NA']);
  });

  test('keep the type of their first cells', () => {
    expect(describeOther('a', [null, 1, 2], true).kind).toBe('number');
    expect(describeOther('a', [true, null], true).kind).toBe('flag');
    expect(describeOther('a', [1, 'x'], true).kind).toBe('text');
    expect(describeOther('a', [null], true).kind).toBe('text');
    expect(write('jsonl', describeOther('a', ['x'], true), ['', 3])).toEqual(['', 3]);
  });

  test('cannot change their type in files of columns', () => {
    const column = describeOther('note', [1, 2], true);
    expect(write('jsonl', column, [3, 'x'])).toEqual([3, 'x']);
    expect(() => write('parquet', column, [3, 'x'])).toThrow(
      'Column note begins with numbers, but has "x": such a file can only be written as .csv or .jsonl.',
    );
  });
});
