import type { TableSchema } from '../../src/model/table.ts';

/** Fields that every column of a table's schema has. */
export const common = { reason: 'a test', missing: 0 };

/** A column of dates written day first, with their weekday; `offset` is in days since 1970. */
export const describeDay = (name: string, offset: number): TableSchema['columns'][number] => ({
  ...common,
  name,
  role: 'datetime',
  order: 'dmy',
  epoch: null,
  unit: 'day',
  written: 'day',
  zone: null,
  offset,
  parts: ['time', 'weekday'],
  also_missing: [],
});
