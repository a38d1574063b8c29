import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTryOptions } from '../../../src/cli/try/options.ts';

describe('options of aevb try', () => {
  test('need none: the folder is named after the file', () => {
    expect(parseTryOptions('in/orders.2020.csv.gz', {})).toEqual({
      file: 'in/orders.2020.csv.gz',
      name: 'orders.2020',
      url: null,
      output: resolve('orders.2020-aevb'),
      alarmRate: null,
      roles: {},
      encoding: null,
      rows: Infinity,
    });
  });

  test.each([
    ['a.parquet', 'a'],
    ['.csv', '.csv'],
    ['table', 'table'],
  ])('%s is called %s', (file, name) => {
    expect(parseTryOptions(file, {}).name).toBe(name);
  });

  test('override roles, also of names with an equals sign', () => {
    expect(parseTryOptions('a.csv', { columns: 'order_id=id, a=b=ignore,' }).roles).toEqual({
      order_id: 'id',
      'a=b': 'ignore',
    });
  });

  test.each([
    [{ columns: 'order_id' }, '--columns must be pairs such as'],
    [{ columns: 'order_id=key' }, 'found "order_id=key"'],
    [{ alarmRate: '1' }, '--alarm-rate must be a number between 0 and 1'],
    [{ alarmRate: '' }, '--alarm-rate must be'],
    [{ rows: '0' }, '--rows must be a whole number'],
    [{ rows: 'all' }, '--rows must be a whole number'],
  ])('%j is refused', (flags, message) => {
    expect(() => parseTryOptions('a.csv', flags)).toThrow(message);
  });
});
