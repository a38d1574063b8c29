import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '../../errors.ts';
import { isPerColumn } from '../../model/dataset.ts';
import { invalid, isBlank } from './csv-cells.ts';
import { CsvColumns, type NumberedRow } from './csv-columns.ts';
import { isHeader, readNames } from './csv-header.ts';
import { MAX_DATA_SIZE, MAX_ROWS } from './limits.ts';
import type { RowFormat, RowLimits, RowSettings, RowStream } from './rows.ts';

/** Longest row in characters: MAX_DATA_SIZE values of 64. */
const MAX_ROW_CHARACTERS = MAX_DATA_SIZE * 64;
/** At the end of a file; a blank line costs a byte, or a thousandth of one in gzip, and as much work as a row. */
const MAX_BLANK_LINES = 100;
const PIECE_VALUES = 65536;
const [QUOTE, COMMA, NEWLINE, CARRIAGE_RETURN] = [0x22, 0x2c, 0x0a, 0x0d] as const;
const OTHER_SEPARATOR = /[;\t]/;
const HEAD_CONTROL = /[^\t\n\f\r -~\x80-\xff]/;

/**
 * Comma-separated numbers and words, one row a line; the first line may name the columns. Rows are counted from 1, header
 * included. Recognised last: whatever begins without control characters.
 */
export const csv: RowFormat = {
  recognises: (head) => head.length > 0 && !HEAD_CONTROL.test(Buffer.from(head).toString('latin1')),
  open: async (reader, settings) => openCsv(reader.rest(), settings),
};

async function openCsv(source: AsyncIterable<Uint8Array>, settings: RowSettings): Promise<RowStream> {
  const records = numberRows(source);
  const first = await records.next();
  if (first.done === true) throw invalid('row 1', 'no row', 'at least one');
  const { cells } = first.value;
  const dataSize = cells.length;
  if (dataSize > MAX_DATA_SIZE) {
    throw AppError.of('too_large', { what: 'A row', limit: MAX_DATA_SIZE, unit: 'values' });
  }
  if (dataSize === 1 && OTHER_SEPARATOR.test(cells[0] ?? '')) {
    throw invalid('row 1', 'cells separated by semicolons or tabs', 'cells separated by commas');
  }
  const header = isHeader(cells, settings.header);
  const names = header && isPerColumn([dataSize]) ? readNames(cells) : null;
  const columns = new CsvColumns(dataSize, names);
  const pieces = readPieces(columns, header ? null : first.value, records, dataSize, settings);
  const table = { header, names, labels: () => columns.labels() };
  return { rowShape: [dataSize], dataSize, dtype: 'float32', table, pieces };
}

/** Rows with their numbers; blank lines are left out at the end of the file and refused before. */
async function* numberRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedRow> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_CHARACTERS,
    // All of them: otherwise the first line end decides, and a file that mixes them is misread.
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  // An error of the source also ends the loop below, which throws it.
  pipeline(limitCells(source), parser).catch(() => undefined);
  let row = 0;
  let blank = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      row += 1;
      if (cells.length === 1 && isBlank(cells[0] ?? '')) {
        blank ||= row;
        if (row - blank < MAX_BLANK_LINES) continue;
      }
      if (blank > 0) {
        throw invalid(`row ${blank}`, 'an empty line', 'one only after the last row; for a missing value NA');
      }
      yield { row, cells };
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
}

/**
 * Passes the bytes on and refuses a row with more cells than a data set may have: the parser buffers a whole row and limits its
 * characters but not its cells.
 */
async function* limitCells(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [quoted, separators] = [false, 0];
  for await (const bytes of source) {
    for (const byte of bytes) {
      if (byte === QUOTE) quoted = !quoted;
      else if (quoted) continue;
      else if (byte === COMMA) separators += 1;
      else if (byte === NEWLINE || byte === CARRIAGE_RETURN) separators = 0;
      if (separators >= MAX_DATA_SIZE)
        throw AppError.of('too_large', { what: 'A row', limit: MAX_DATA_SIZE, unit: 'values' });
    }
    yield bytes;
  }
}

async function* readPieces(
  columns: CsvColumns,
  first: NumberedRow | null,
  others: AsyncIterable<NumberedRow>,
  dataSize: number,
  limits: RowLimits,
): AsyncGenerator<Float32Array> {
  const maxRows = Math.min(MAX_ROWS, Math.floor(limits.maxStoredBytes / (dataSize * 4)));
  const rowsPerPiece = Math.max(1, Math.floor(PIECE_VALUES / dataSize));
  let piece = new Float32Array(rowsPerPiece * dataSize);
  let rows = 0;
  for await (const row of first === null ? others : prependRow(first, others)) {
    if (rows === maxRows) {
      throw AppError.of('too_large', { what: 'The data set', limit: limits.maxStoredBytes, unit: 'bytes' });
    }
    const slot = rows % rowsPerPiece;
    columns.read(row, piece, slot * dataSize);
    rows += 1;
    if (slot === rowsPerPiece - 1) {
      yield piece;
      piece = new Float32Array(piece.length);
    }
  }
  if (rows === 0) throw invalid('row 2', 'no row below the header', 'at least one');
  yield piece.subarray(0, (rows % rowsPerPiece) * dataSize);
}

async function* prependRow(first: NumberedRow, others: AsyncIterable<NumberedRow>) {
  yield first;
  yield* others;
}

function unreadable(cause: CsvError): AppError {
  const before: unknown = cause['records'];
  const where = `row ${typeof before === 'number' ? before + 1 : '?'}`;
  const found = `text that is no CSV (${cause.code})`;
  return AppError.of('data_invalid', { where, found, allowed: 'cells separated by commas' }, { cause });
}
