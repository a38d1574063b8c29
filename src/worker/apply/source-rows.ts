import { createCellReader, createFeatureCheck, findTable } from '../../model/dataset.ts';
import { isInside, isShared, sharedDomain, valueDomain } from '../../model/specification.ts';
import {
  createRowDecoder,
  listFeatures,
  listModelledColumns,
  type Cell,
  type CellProblem,
  type TableSchema,
} from '../../model/table.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';

/** Rows of a data set as a model reads them. */
export interface SourceRows {
  /** Bad rows have the values of the first good one. */
  readonly rows: Matrix;
  /** With cells: those of each row in the columns of the data set that are modelled; numbers if it is no table. Otherwise none. */
  readonly cells: readonly (readonly Cell[])[];
  /** For each row, why it cannot be understood, or null. */
  readonly errors: readonly (string | null)[];
}

/** Turns stored values [rows, data_size] of a data set into rows of the model. */
export type SourceReader = (stored: Matrix) => SourceRows;

/** The data set need not be that of the model: tables are matched by the names of their columns. */
export function createSourceReader(
  model: ModelRecord,
  dataset: DatasetRecord,
  withCells: boolean,
): SourceReader {
  const table = findTable(model);
  if (table === null) return createArrayReader(model);
  const source = dataset.table ?? table;
  const isSame =
    JSON.stringify(source.columns.map(toReading)) === JSON.stringify(table.columns.map(toReading));
  return isSame ? createOwnReader(model, table, withCells) : createTranslator(model, source, table);
}

/** What of a column decides how its cells become features. */
const toReading = ({ reason, missing, ...rest }: TableSchema['columns'][number]) => rest;

function createArrayReader({ model: { likelihood } }: ModelRecord): SourceReader {
  if (!isShared(likelihood))
    throw new RangeError('a model without a table has one likelihood for all values');
  const domain = sharedDomain(likelihood);
  return ({ shape, data }) => {
    const [count, size] = shape;
    const values = data.slice();
    const cells = Array.from({ length: count }, (_, row) =>
      Array.from(data.subarray(row * size, (row + 1) * size), (value) =>
        Number.isNaN(value) ? null : value,
      ),
    );
    const errors = cells.map((row) => {
      const index = row.findIndex((cell) => !isInside(cell ?? NaN, domain));
      return index < 0 ? null : `value ${index + 1}: found ${String(row[index])}; allowed: ${domain.allowed}`;
    });
    return { rows: replaceBad(values, shape, errors), cells, errors };
  };
}

/** The features of the data set are those of the model. */
function createOwnReader(
  { model: { likelihood } }: ModelRecord,
  table: TableSchema,
  withCells: boolean,
): SourceReader {
  const [decode, check] = [createRowDecoder(table), createFeatureCheck(table, likelihood)];
  const modelled = listModelledColumns(table);
  const domains = listFeatures(table).map((_, i) => valueDomain(likelihood, i));
  return ({ shape, data }) => {
    const [count, size] = shape;
    const cells: Cell[][] = [];
    const errors = Array.from({ length: count }, (_, row) => {
      const features = data.subarray(row * size, (row + 1) * size);
      const own = withCells ? decode(features) : null;
      if (own !== null) cells.push(own);
      // Cells cost far more than numbers, and are needed only to say what is wrong.
      if (domains.every((domain, i) => isInside(features[i] ?? NaN, domain))) return null;
      return describeProblems(check(spread(own ?? decode(features), modelled, table), features));
    });
    return { rows: replaceBad(data.slice(), shape, errors), cells, errors };
  };
}

function createTranslator(
  { model: { likelihood } }: ModelRecord,
  source: TableSchema,
  table: TableSchema,
): SourceReader {
  const [decode, read] = [createRowDecoder(source), createCellReader(table, likelihood)];
  const places = new Map(listModelledColumns(source).map((index, i) => [source.columns[index]?.name, i]));
  const size = listFeatures(table).length;
  return ({ shape: [count, width], data }) => {
    const values = new Float32Array(count * size);
    const cells: Cell[][] = [];
    const errors = Array.from({ length: count }, (_, row) => {
      const own = decode(data.subarray(row * width, (row + 1) * width));
      cells.push(own);
      const given = table.columns.map(({ name }) => own[places.get(name) ?? -1] ?? null);
      return describeProblems(read(given, values.subarray(row * size, (row + 1) * size)));
    });
    return { rows: replaceBad(values, [count, size], errors), cells, errors };
  };
}

/** Cells of all columns of the table, given those of the modelled ones. */
function spread(own: readonly Cell[], modelled: readonly number[], { columns }: TableSchema): Cell[] {
  const cells: Cell[] = columns.map(() => null);
  modelled.forEach((index, i) => {
    cells[index] = own[i] ?? null;
  });
  return cells;
}

const describeProblems = (problems: readonly CellProblem[]): string | null =>
  problems.length === 0
    ? null
    : problems
        .map(({ column, found, allowed }) => `column ${column}: found ${found}; allowed: ${allowed}`)
        .join(' | ');

/** If no row is good, they stay: nothing is made of them. */
function replaceBad(
  values: Float32Array,
  shape: readonly [number, number],
  errors: readonly (string | null)[],
): Matrix {
  const size = shape[1];
  const good = errors.indexOf(null);
  if (good >= 0) {
    errors.forEach((error, row) => {
      if (error !== null) values.copyWithin(row * size, good * size, (good + 1) * size);
    });
  }
  return { shape, data: values };
}
