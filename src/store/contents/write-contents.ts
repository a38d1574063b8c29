import { setImmediate } from 'node:timers/promises';
import type { Cell } from '../../model/table.ts';
import type { RowRange } from '../datasets.ts';
import { encodeNpyHeader } from '../formats/npy.ts';
import type { OutputFormat } from '../../model/specification.ts';
import { openOutput } from '../formats/output/output.ts';
import { writePiece, type StoredPiece } from '../formats/output/writer.ts';
import { cutRange, SLICE_VALUES, type Contents } from './contents.ts';

/** Least values of a row group of Parquet, of which each column is stored apart. */
const GROUP_VALUES = 2 ** 17;
/** Most columns of all row groups together: the end of the file describes each of them. */
const MOST_CHUNKS = 100_000;

/** The rows as a file, piece by piece; ends early if nobody reads on. The caller closes the contents. */
export function writeContents(
  contents: Contents,
  format: OutputFormat,
  range: RowRange,
): AsyncGenerator<Uint8Array> {
  return format === 'npy' && contents.record.table === null
    ? writeArray(contents, range)
    : writeTable(contents, format, range);
}

/** In NPY, an array keeps its shape. */
async function* writeArray(contents: Contents, range: RowRange): AsyncGenerator<Uint8Array> {
  yield encodeNpyHeader([range.count, ...contents.record.row_shape]);
  for (const slice of cutRange(range, contents.record.data_size, SLICE_VALUES)) {
    const { buffer } = await contents.readValues(slice);
    yield new Uint8Array(buffer);
    await setImmediate();
  }
}

async function* writeTable(
  contents: Contents,
  format: OutputFormat,
  range: RowRange,
): AsyncGenerator<Uint8Array> {
  const output = openOutput(format, contents.columns);
  const stored: StoredPiece[] = [];
  yield output.head(range.count);
  for await (const rows of readPieces(contents, format, range)) {
    const { bytes, note } = writePiece(output, rows);
    if (note !== null) stored.push({ bytes: bytes.length, rows: rows.length, note });
    yield bytes;
  }
  yield output.tail(stored);
}

/** Rows of one piece of the file, which are a row group in Parquet. */
async function* readPieces(
  contents: Contents,
  format: OutputFormat,
  range: RowRange,
): AsyncGenerator<Cell[][]> {
  const { columns } = contents;
  const groups =
    format === 'parquet'
      ? cutRange(range, columns.length, countGroupValues(range.count, columns.length))
      : [range];
  for (const group of groups) {
    const whole: Cell[][] = [];
    for await (const slice of contents.readCells(group)) {
      if (format === 'parquet') whole.push(...slice);
      else yield slice;
    }
    if (format === 'parquet') yield whole;
  }
}

const countGroupValues = (rows: number, columns: number): number =>
  Math.max(GROUP_VALUES, Math.ceil((rows * columns) / MOST_CHUNKS) * columns);
