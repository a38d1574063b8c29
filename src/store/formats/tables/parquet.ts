import {
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type FileMetaData,
  type ParquetScan,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError } from '../../../errors.ts';
import { isPerColumn } from '../../../model/dataset.ts';
import type { RandomAccess } from '../../driver.ts';
import { MAX_TABLE_ROWS, type CellBatch } from '../file.ts';
import { MAX_DATA_SIZE } from '../limits.ts';
import { readNames } from './names.ts';
import { PARQUET_PARSERS, toParquetCell } from './parquet-cells.ts';
import { checkPages, findPages } from './parquet-pages.ts';
import { BATCH_ROWS, type OpenTable, type TableContext } from './table-format.ts';

/** A row group is held in memory column by column: most values, and most bytes of a page once it is unpacked. */
const MAX_GROUP_VALUES = 2 ** 25;
const MAX_PAGE_BYTES = 2 ** 28;
const MAX_FOOTER_BYTES = 2 ** 26;

/** Parquet, one row group at a time. Structures and lists become their JSON text. */
export async function openParquet(stored: RandomAccess, input: TableContext): Promise<OpenTable> {
  const slice = (start: number, end?: number): Promise<ArrayBuffer> => {
    const bytes = readSlice(stored, start, end);
    // The library reads ahead and may fail before it waits for this.
    bytes.catch(() => undefined);
    return bytes;
  };
  const file = { byteLength: stored.bytes, slice };
  await checkFooter(stored);
  const metadata = await read(() => parquetMetadataAsync(file, { parsers: PARQUET_PARSERS }));
  const columns = await read(async () => listColumns(metadata, input.settings.limits.maxRows));
  const names = readNames(columns, input.problems);
  const options = { file, metadata, compressors: LIMITED_COMPRESSORS, parsers: PARQUET_PARSERS };
  const scan = await read(() => parquetScan(options));
  return {
    width: columns.length,
    names: isPerColumn([columns.length]) ? names : null,
    header: null,
    batches: readBatches({ scan, metadata, slice }, columns, input),
  };
}

async function readSlice(stored: RandomAccess, start: number, end = stored.bytes): Promise<ArrayBuffer> {
  const first = start < 0 ? stored.bytes + start : start;
  if (!(first >= 0 && end >= first && end <= stored.bytes))
    throw new RangeError(`no bytes ${first} to ${end}`);
  const bytes = new Uint8Array(end - first);
  await stored.read(bytes, first);
  return bytes.buffer;
}

const invalid = (where: string, found: string, allowed = 'a whole Parquet file'): AppError =>
  AppError.of('data_invalid', { where, found, allowed });

/** The library reads whatever length the footer claims. */
async function checkFooter(stored: RandomAccess): Promise<void> {
  if (stored.bytes < 12) throw invalid(`byte ${stored.bytes}`, 'the end of the data');
  const end = Buffer.from(await readSlice(stored, -8));
  const length = end.readUInt32LE(0);
  if (end.toString('latin1', 4) !== 'PAR1') throw invalid(`byte ${stored.bytes - 4}`, 'no PAR1 at the end');
  if (length > Math.min(stored.bytes - 12, MAX_FOOTER_BYTES)) {
    throw invalid(`byte ${stored.bytes - 8}`, `a footer of ${length} bytes`);
  }
}

/** The library throws plain errors, RangeErrors of typed arrays among them, for whatever is damaged. */
async function read<Result>(work: () => Promise<Result>, where = 'the Parquet file'): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    throw invalid(where, `damaged data (${error.message.slice(0, 120)})`);
  }
}

/** The names of the columns, once the sizes that the footer claims are checked; its fields may be anything. */
function listColumns(metadata: FileMetaData, maxRows = MAX_TABLE_ROWS): string[] {
  const { num_rows: rows, row_groups: groups } = metadata;
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const width = columns.length;
  if (columns.some((name: unknown) => typeof name !== 'string')) throw invalid('the Parquet file', 'no name');
  if (width === 0 || rows <= 0) throw invalid('row 1', width === 0 ? 'no column' : 'no row', 'at least one');
  if (width > MAX_DATA_SIZE)
    throw AppError.of('too_large', { what: 'A row', limit: MAX_DATA_SIZE, unit: 'values' });
  if (rows > maxRows) throw AppError.of('too_large', { what: 'The table', limit: maxRows, unit: 'rows' });
  const total = groups.reduce((sum, { num_rows: each }) => sum + (each < 0 ? rows + 1n : each), 0n);
  if (total !== rows) throw invalid('the Parquet file', `row groups of ${total} rows, not ${rows}`);
  if (groups.some(({ num_rows: each }) => Number(each) * width > MAX_GROUP_VALUES)) {
    const what = 'A row group of the Parquet file (write it with a smaller row_group_size)';
    throw AppError.of('too_large', { what, limit: MAX_GROUP_VALUES, unit: 'values' });
  }
  return columns;
}

const LIMITED_COMPRESSORS: typeof compressors = Object.fromEntries(
  Object.entries(compressors).map(([name, unpack]) => [
    name,
    (bytes: Uint8Array, length: number) => {
      if (length > MAX_PAGE_BYTES) throw new RangeError(`a page of ${length} bytes`);
      return unpack(bytes, length);
    },
  ]),
);

interface Scanned {
  readonly scan: ParquetScan;
  readonly metadata: FileMetaData;
  readonly slice: (start: number, end: number) => Promise<ArrayBuffer>;
}

/** Row groups by their first row, from 0. */
function listGroups({ row_groups: groups }: FileMetaData): Map<number, FileMetaData['row_groups'][number]> {
  let start = 0;
  const found = new Map<number, FileMetaData['row_groups'][number]>();
  for (const group of groups) {
    if (group.num_rows > 0n) found.set(start, group);
    start += Number(group.num_rows);
  }
  return found;
}

/** Walks all pages of a row group in a column's tree of values. */
async function checkColumn(
  { metadata, slice }: Scanned,
  group: FileMetaData['row_groups'][number] | undefined,
  name: string,
): Promise<void> {
  for (const { meta_data: column } of group?.columns ?? []) {
    if (column?.path_in_schema[0] !== name) continue;
    const { start, end } = findPages(column);
    const limits = { values: MAX_GROUP_VALUES, bytes: MAX_PAGE_BYTES };
    checkPages(await slice(start, end), metadata, column, LIMITED_COMPRESSORS, limits);
  }
}

async function* readBatches(
  scanned: Scanned,
  columns: readonly string[],
  { guard }: TableContext,
): AsyncGenerator<CellBatch> {
  const { scan, metadata } = scanned;
  const groups = listGroups(metadata);
  for (const { rowStart, rowEnd } of scan.ranges) {
    const values: ArrayLike<unknown>[] = [];
    for (const column of columns) {
      guard();
      const where = `column ${column}, rows ${rowStart + 1} to ${rowEnd}`;
      const found = await read(async () => {
        await checkColumn(scanned, groups.get(rowStart), column);
        return scan.readColumn({ column, rowStart, rowEnd });
      }, where);
      if (found.length !== rowEnd - rowStart) throw invalid(where, `${found.length} values`);
      values.push(found);
    }
    for (let at = rowStart; at < rowEnd; at += BATCH_ROWS) {
      guard();
      yield toBatch(values, at, Math.min(BATCH_ROWS, rowEnd - at), rowStart);
    }
  }
}

function toBatch(
  columns: readonly ArrayLike<unknown>[],
  start: number,
  count: number,
  offset: number,
): CellBatch {
  const rows = Array.from({ length: count }, (_, i) =>
    columns.map((values) => toParquetCell(values[start - offset + i])),
  );
  return { rows, numbers: rows.map((_, i) => start + i + 1) };
}
