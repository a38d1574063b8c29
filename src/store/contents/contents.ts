import { setImmediate } from 'node:timers/promises';
import { shortenFloat32, type Cell } from '../../model/table.ts';
import type { DatasetRecord, DatasetStore, RowRange, RowReader } from '../datasets.ts';
import type { OutputColumn } from '../../model/specification.ts';
import { layOutTable, nameValues, type TableLayout } from './columns.ts';

/** Rows of a data set as people know them: cells of a table in their units and words, or the numbers of an array. */
export interface Contents {
  readonly record: DatasetRecord;
  /** What cells belong to: ids, labels and modelled columns of a table in the order of the file, or the values of an array. */
  readonly columns: readonly OutputColumn[];
  /** Slices of rows, one after another; null is a missing value. Other work gets its turn in between. Errors: blob_corrupt. */
  readCells(range: RowRange): AsyncGenerator<Cell[][]>;
  /** Values [rows, data_size] as a model gets them. Errors: blob_corrupt. */
  readValues(range: RowRange): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Values that are decoded at a time: a few milliseconds of work. */
export const SLICE_VALUES = 4096;
/** Values that are read at a time. */
const BLOCK_VALUES = 2 ** 16;

/** Decodes rows of a block, counted from its first row. */
type Decode = (slice: RowRange) => Cell[][];

/** Errors: dataset_not_found, id_invalid, blob_corrupt; with `verify` also if any stored row was altered, which reads all of them. */
export async function openContents(
  datasets: DatasetStore,
  id: string,
  { verify }: { readonly verify: boolean },
): Promise<Contents> {
  const reader = await datasets.openRows(id, { inMemory: false, verify });
  const { record } = reader;
  const layout = record.table === null ? null : layOutTable(record, record.table);
  const columns = layout?.columns ?? nameValues(record);
  const width = Math.max(columns.length, record.data_size);
  const openBlock = async (block: RowRange): Promise<Decode> => {
    const values = await readValues(reader, block);
    if (layout === null) return (slice) => splitNumbers(values, record.data_size, slice);
    return openTable(datasets, record, layout, values, block);
  };
  return {
    record,
    columns,
    readCells: async function* (range) {
      for (const block of cutRange(range, width, BLOCK_VALUES)) {
        const decode = await openBlock(block);
        for (const slice of cutRange({ first: 0, count: block.count }, width, SLICE_VALUES)) {
          yield decode(slice);
          await setImmediate();
        }
      }
    },
    readValues: (range) => readValues(reader, range),
    close: () => reader.close(),
  };
}

/** Parts of a range, each of about so many values. */
export function* cutRange({ first, count }: RowRange, width: number, values: number): Generator<RowRange> {
  const rows = Math.max(1, Math.floor(values / width));
  for (let done = 0; done < count; done += rows)
    yield { first: first + done, count: Math.min(rows, count - done) };
}

const readValues = (reader: RowReader, { first, count }: RowRange): Promise<Float32Array> =>
  readRowValues(
    reader,
    Uint32Array.from({ length: count }, (_, i) => first + i),
  );

/** Values [rows, data_size] as a model gets them. Errors: blob_corrupt. */
export async function readRowValues(reader: RowReader, rows: Uint32Array): Promise<Float32Array> {
  const { dtype, data_size: size, scale } = reader.record;
  const count = rows.length * size;
  const stored = dtype === 'uint8' ? new Uint8Array(count) : new Float32Array(count);
  await reader.readRows(rows, stored);
  return Float32Array.from(stored, (value) => value * scale);
}

function splitNumbers(values: Float32Array, size: number, { first, count }: RowRange): Cell[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from(values.subarray((first + i) * size, (first + i + 1) * size), (value) =>
      Number.isNaN(value) ? null : shortenFloat32(value),
    ),
  );
}

async function openTable(
  datasets: DatasetStore,
  { id, data_size: size }: DatasetRecord,
  { decode, hasIds, hasLabels }: TableLayout,
  values: Float32Array,
  block: RowRange,
): Promise<Decode> {
  const numbers = Array.from({ length: block.count }, (_, i) => block.first + i);
  const ids = hasIds ? await datasets.readIds(id, numbers) : null;
  const labels = hasLabels ? await datasets.readLabels(id, block) : null;
  return ({ first, count }) =>
    Array.from({ length: count }, (_, i) => {
      const row = first + i;
      const features = values.subarray(row * size, (row + 1) * size);
      return decode(features, ids?.[row] ?? [], labels?.[row] ?? NaN);
    });
}
