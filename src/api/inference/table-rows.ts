import { createCellReader, type CellReader } from '../../model/dataset.ts';
import {
  isModelled,
  listFeatures,
  type CellProblem,
  type TableColumn,
  type TableSchema,
} from '../../model/table.ts';
import type { LikelihoodSpec } from '../../model/specification.ts';
import { describeValue } from './describe-value.ts';
import type { PlacedError } from './row-errors.ts';

/** Rows of a request as features. */
export interface ParsedTable {
  /** [rows, features], row-major; the features of a row with errors mean nothing. */
  readonly values: Float32Array;
  readonly errors: readonly PlacedError[];
  /** Names of columns that were sent but that the model does not use. */
  readonly ignored: readonly string[];
}

/** What reading needs to know of a model's columns. */
interface Reader {
  readonly columns: readonly TableColumn[];
  /** Indices of the columns that the model uses. */
  readonly modelled: readonly number[];
  readonly indices: ReadonlyMap<string, number>;
  readonly ignored: Set<string>;
}

/** The cells of a row in the order of the file, each with its place in the row. */
interface RowCells {
  readonly cells: readonly unknown[];
  readonly placeOf: (column: number) => string;
}

/**
 * Parses rows of a request. Each is an array of all columns in the order of the file, or of those that the model uses, or an
 * object by names. A missing cell is null or left out. A row that cannot be understood is an error of that row alone.
 */
export function parseTable(
  rows: readonly unknown[],
  pointer: string,
  table: TableSchema,
  likelihood: LikelihoodSpec,
): ParsedTable {
  const reader = createReader(table);
  const read = createCellReader(table, likelihood);
  const size = listFeatures(table).length;
  const values = new Float32Array(rows.length * size);
  const errors: PlacedError[] = [];
  rows.forEach((row, index) => {
    const where = `${pointer}/${index}`;
    const found = readRow(row, reader);
    if ('allowed' in found) {
      errors.push({ row: index, column: null, pointer: where, ...found });
      return;
    }
    const features = values.subarray(index * size, (index + 1) * size);
    for (const problem of findProblems(found.cells, reader, read, features)) {
      const place = found.placeOf(reader.indices.get(problem.column) ?? 0);
      errors.push({ row: index, ...problem, pointer: `${where}/${place}` });
    }
  });
  return { values, errors, ignored: [...reader.ignored] };
}

function findProblems(
  given: readonly unknown[],
  reader: Reader,
  read: CellReader,
  features: Float32Array,
): CellProblem[] {
  const strange = reader.modelled.flatMap((index) => {
    const cell = given[index];
    if (typeof cell !== 'object' || cell === null) return [];
    const name = reader.columns[index]?.name ?? '';
    return [{ column: name, found: describeValue(cell), allowed: 'a number, a text, true, false or null' }];
  });
  return strange.length > 0 ? strange : read(given, features);
}

function createReader({ columns }: TableSchema): Reader {
  const modelled = columns.flatMap(({ role }, index) => (isModelled(role) ? [index] : []));
  const indices = new Map(columns.map(({ name }, index) => [name, index]));
  return { columns, modelled, indices, ignored: new Set() };
}

type Unreadable = Pick<PlacedError, 'found' | 'allowed'>;

function readRow(row: unknown, reader: Reader): RowCells | Unreadable {
  if (Array.isArray(row)) return readArray(row as readonly unknown[], reader);
  if (typeof row === 'object' && row !== null) return readObject(row, reader);
  return { found: describeValue(row), allowed: `an array of ${describeLengths(reader)}` };
}

function readArray(row: readonly unknown[], reader: Reader): RowCells | Unreadable {
  const { columns, modelled, ignored } = reader;
  if (row.length === modelled.length) {
    const cells = columns.map((): unknown => null);
    modelled.forEach((column, i) => (cells[column] = row[i]));
    return { cells, placeOf: (column) => String(modelled.indexOf(column)) };
  }
  if (row.length !== columns.length)
    return { found: describeValue(row), allowed: `an array of ${describeLengths(reader)}` };
  columns.forEach(({ name, role }) => {
    if (!isModelled(role)) ignored.add(name);
  });
  return { cells: row, placeOf: String };
}

function readObject(row: object, { columns, indices, ignored }: Reader): RowCells {
  const cells = columns.map((): unknown => null);
  for (const [name, cell] of Object.entries(row)) {
    const index = indices.get(name);
    const column = index === undefined ? undefined : columns[index];
    if (index === undefined || column === undefined || !isModelled(column.role)) ignored.add(name);
    else cells[index] = cell;
  }
  return { cells, placeOf: (column) => escapeName(columns[column]?.name ?? '') };
}

function describeLengths({ columns, modelled }: Reader): string {
  const all = `length ${columns.length}`;
  const used =
    modelled.length === columns.length ? '' : ` (all columns) or ${modelled.length} (those the model uses)`;
  return `${all}${used}, or an object by column names`;
}

/** For JSON pointers (RFC 6901). */
function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
