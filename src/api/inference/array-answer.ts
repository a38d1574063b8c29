import { columnName, findTable } from '../../model/dataset.ts';
import type { Cell } from '../../model/table.ts';
import type { OutputFormat } from '../../model/specification.ts';
import type { Matrix, Vector } from '../../queue/arrays.ts';
import { encodeNpy } from '../../store/formats/npy.ts';
import { OUTPUTS, openOutput } from '../../store/formats/output/output.ts';
import { writePiece } from '../../store/formats/output/writer.ts';
import type { ModelRecord } from '../../store/models.ts';
import { HttpError } from '../http/http-error.ts';
import type { CSV_TYPE, NPY_TYPE } from '../http/media.ts';
import type { JsonAnswer } from '../pictures/pictured.ts';
import { nameColumns } from './model-table.ts';
import type { RequestRows } from './rows.ts';
import { listWordColumns } from './sent-array.ts';

/** Answers as files of numbers and cells, which say in headers what made them. */

interface FileAnswer<Type, Content> {
  readonly type: Type;
  readonly content: Content;
  readonly headers: Readonly<Record<string, string>>;
}
export type NpyAnswer = FileAnswer<typeof NPY_TYPE, Buffer>;
export type CsvAnswer = FileAnswer<`${typeof CSV_TYPE}; charset=utf-8`, string>;
export type RowAnswer<Answer> = JsonAnswer<Answer> | NpyAnswer | CsvAnswer;

/** What made an answer, and the rows it is about unless it drew them. */
export interface Origin {
  readonly record: ModelRecord;
  readonly step: number;
  readonly rows?: RequestRows;
}

/** Values as float32 [rows, ...shape of a row]; NaN for rows that could not be understood. */
export function answerNpy(
  origin: Origin,
  { shape, data }: Vector | Matrix,
  rowShape = shape.slice(1),
): NpyAnswer {
  const bad = listBad(origin);
  const values = bad.length === 0 ? data : Float32Array.from(data);
  const size = values.length / shape[0];
  for (const row of bad) values.fill(NaN, row * size, (row + 1) * size);
  return createFile(origin, 'npy', encodeNpy([shape[0], ...rowShape], values));
}

/** Rows of data: arrays in their shape, cells of tables as [rows, columns]. */
export function answerDataNpy(
  origin: Origin,
  values: Matrix,
  cells: readonly (readonly Cell[])[],
): NpyAnswer {
  const { record } = origin;
  if (findTable(record) === null) return answerNpy(origin, values, record.row_shape);
  return createFile(origin, 'npy', writeFile('npy', nameData(record), blankBad(origin, cells)));
}

/** Rows of data as CSV; elements of arrays are numbered. */
export function answerDataCsv(origin: Origin, cells: readonly (readonly Cell[])[]): CsvAnswer {
  return answerCsv(origin, nameData(origin.record), cells);
}

/** Rows as CSV; cells are empty for rows that could not be understood. */
export function answerCsv(
  origin: Origin,
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
): CsvAnswer {
  return createFile(origin, 'csv', writeFile('csv', names, blankBad(origin, rows)).toString('utf8'));
}

/** Lists of one value for each row, by the names of their columns, as CSV. Absent ones are left out. */
export function answerLists(
  origin: Origin,
  lists: Readonly<Record<string, readonly Cell[] | null>>,
): CsvAnswer {
  const columns = Object.entries(lists).flatMap(([name, values]) =>
    values === null ? [] : [{ name, values }],
  );
  const rows = (columns[0]?.values ?? []).map((_, row) => columns.map(({ values }) => values[row] ?? null));
  return answerCsv(
    origin,
    columns.map(({ name }) => name),
    rows,
  );
}

/** Errors: not_acceptable if rows of data have words or dates, which an array cannot hold. */
export function checkArrayAnswer(record: ModelRecord, format: string): void {
  const table = findTable(record);
  const words = table === null || format !== 'npy' ? [] : listWordColumns(table);
  if (words.length === 0) return;
  throw new HttpError('not_acceptable', {
    detail: `Columns of words or dates (${words.slice(0, 5).join(', ')}${words.length > 5 ? ', ...' : ''}) cannot be written as npy; available: json, csv.`,
  });
}

function nameData(record: ModelRecord): string[] {
  const { columns } = nameColumns(record);
  return columns ?? Array.from({ length: record.data_size }, (_, i) => columnName(i));
}

function writeFile(
  format: OutputFormat,
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
): Buffer {
  const output = openOutput(
    format,
    names.map((name) => ({ name, kind: 'text' })),
  );
  return Buffer.concat([output.head(rows.length), writePiece(output, rows).bytes]);
}

const listBad = ({ rows }: Origin): number[] => [...new Set(rows?.errors.map(({ row }) => row))];

function blankBad(origin: Origin, rows: readonly (readonly Cell[])[]): (readonly Cell[])[] {
  const bad = new Set(listBad(origin));
  return rows.map((cells, row) => (bad.has(row) ? cells.map(() => null) : cells));
}

function createFile<Format extends 'npy' | 'csv', Content>(origin: Origin, format: Format, content: Content) {
  const bad = listBad(origin).length;
  const headers = {
    'x-aevb-model': origin.record.id,
    'x-aevb-step': String(origin.step),
    ...(bad > 0 && { 'x-aevb-row-errors': String(bad) }),
  };
  return { type: OUTPUTS[format].mediaType as (typeof OUTPUTS)[Format]['mediaType'], content, headers };
}
