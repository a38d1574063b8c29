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

/** A table of orders: an id, a price (less 1000), a date in 2020 and a city. */
export const ORDERS: TableSchema = {
  columns: [
    { ...common, name: 'order_id', role: 'id' },
    {
      ...common,
      name: 'price',
      role: 'number',
      format: { decimal: '.', grouping: null, unit: null },
      decimals: 2,
      offset: 1000,
      also_missing: [],
    },
    describeDay('ordered_at', 18_262),
    { ...common, name: 'city', role: 'category', labels: ['Oslo', 'Bergen'], cells: 'word', other_share: 0 },
  ],
  missing_marks: [],
};
