import type { Cell } from './cell.ts';
import { createCodeWriter } from './codes.ts';
import { listFeatures, PART_LABELS, type Feature } from './features.ts';
import { createCountWriter, createNumberWriter } from './write-number.ts';
import type { ColumnWithRole, TableColumn, TableSchema, TimePart } from './schema.ts';
import { placeTime, writeStoredTime, type TimeRange } from './write-time.ts';

/** The cells of one row's modelled columns, in their order, from its features. */
export type RowDecoder = (values: ArrayLike<number>) => Cell[];

/**
 * Creates the decoder of rows: numbers in their units, words, and datetimes as ISO text. NaN is a missing cell. Of features with
 * a range, times inside it stay inside.
 */
export function createRowDecoder(
  schema: TableSchema,
  ranges: readonly (TimeRange | null)[] = [],
): RowDecoder {
  const features = listFeatures(schema);
  const decoders = schema.columns.flatMap((column, index) => {
    const start = features.findIndex((feature) => feature.column === index);
    return start < 0 ? [] : [createCellDecoder(column, start, ranges)];
  });
  return (values) => decoders.map((decode) => decode(values));
}

/** Creates the writers of single features, one for each: a part of a datetime is a word such as Monday. */
export function createFeatureWriters(schema: TableSchema): ((value: number) => Cell)[] {
  return listFeatures(schema).map((feature) => createFeatureWriter(schema, feature));
}

function createFeatureWriter(schema: TableSchema, { column: index, part }: Feature): (value: number) => Cell {
  const column = schema.columns[index];
  if (column === undefined) throw new RangeError(`no column ${index}`);
  if (part === 'value') return createValueWriter(column);
  if (column.role === 'datetime' && part === 'time') return (value) => writeStoredTime(column, value);
  const labels = PART_LABELS[part] ?? [];
  return (value) => labels[Math.round(value)] ?? null;
}

function createCellDecoder(
  column: TableColumn,
  start: number,
  ranges: readonly (TimeRange | null)[],
): (values: ArrayLike<number>) => Cell {
  if (column.role === 'datetime') return createTimeDecoder(column, start, ranges);
  const write = createValueWriter(column);
  return (values) => write(values[start] ?? NaN);
}

function createValueWriter(column: TableColumn): (value: number) => Cell {
  if (column.role === 'number') return createNumberWriter(column);
  if (column.role === 'count') return createCountWriter(column);
  if (column.role === 'flag' || column.role === 'category') return createCodeWriter(column);
  throw new RangeError(`column ${column.name} (${column.role}) is not modelled`);
}

/** The time, moved to the nearest one that agrees with the other parts. */
function createTimeDecoder(
  column: ColumnWithRole<'datetime'>,
  start: number,
  ranges: readonly (TimeRange | null)[],
): (values: ArrayLike<number>) => Cell {
  const range = ranges[start + column.parts.indexOf('time')] ?? null;
  const places = column.parts.map((part, i): [TimePart, number] => [part, start + i]);
  return (values) => {
    const parts = Object.fromEntries(places.map(([part, at]) => [part, values[at] ?? NaN]));
    return writeStoredTime(column, placeTime(column, parts, range));
  };
}
