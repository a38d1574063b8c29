import { createMissingTest, describeCell, type Cell } from './cell.ts';
import { createCodeReader, OTHER_CODE } from './codes.ts';
import { isModelled } from './features.ts';
import { readNumber, parsePlainNumber } from './numbers.ts';
import type { ColumnWithRole, Role, TableColumn, TableSchema } from './schema.ts';
import { createTimeReader, PART_READERS } from './times.ts';

/** A cell that cannot be understood. */
export interface CellProblem {
  readonly column: string;
  readonly found: string;
  readonly allowed: string;
}

/** Features of rows, [rows, features]. */
export type FeatureArray = Float32Array | Float64Array;

/** Writes the features of one row of cells from `at` on. Answers [] if every cell was understood. */
export type RowEncoder = (cells: readonly Cell[], out: FeatureArray, at: number) => CellProblem[];

/** Writes the features of one cell that is not null from `at` on; false if it is missing or cannot be understood. */
type CellEncoder = (cell: Cell, out: FeatureArray, at: number) => boolean;

/** The largest finite float32: larger numbers are stored as it. */
const LARGEST = 3.4028234663852886e38;

/**
 * Creates the encoder of rows: one cell for each column of the schema, in its order. Missing values become NaN, and words that
 * the schema does not keep become -1, as do numbers in a count column that are negative or not whole.
 */
export function createRowEncoder(schema: TableSchema): RowEncoder {
  const isMissing = createMissingTest(schema.missing_marks);
  let width = 0;
  const columns = schema.columns.flatMap((column, index) => {
    if (!isModelled(column.role)) return [];
    const size = column.role === 'datetime' ? column.parts.length : 1;
    const start = width;
    width += size;
    return [{ column, index, start, size, encode: createCellEncoder(column, isMissing) }];
  });
  return (cells, out, at) => {
    const problems: CellProblem[] = [];
    for (const { column, index, start, size, encode } of columns) {
      const given = cells[index] ?? null;
      const cell = Number.isNaN(given) ? null : given;
      const from = at + start;
      if (cell !== null && encode(cell, out, from)) continue;
      out.fill(NaN, from, from + size);
      if (cell === null || (typeof cell === 'string' && isMissing(cell)) || isOwnMissing(column, cell))
        continue;
      problems.push({ column: column.name, found: describeCell(cell), allowed: describeAllowed(column) });
    }
    return problems;
  };
}

/** The code of a cell in a label column: NaN if it is missing, -1 if its word is not kept. */
export function createLabelEncoder(column: ColumnWithRole<'label'>, missingMarks: readonly string[]) {
  const [read, isMissing] = [createCodeReader(column), createMissingTest(missingMarks)];
  return (cell: Cell): number => {
    if (cell === null || Number.isNaN(cell) || (typeof cell === 'string' && isMissing(cell))) return NaN;
    return read(cell);
  };
}

function isOwnMissing(column: TableColumn, cell: Cell): boolean {
  return 'also_missing' in column && typeof cell === 'string' && column.also_missing.includes(cell.trim());
}

const createCellEncoder = <Name extends Role>(
  column: ColumnWithRole<Name>,
  isMissing: (text: string) => boolean,
): CellEncoder => ENCODERS[column.role](column, isMissing);

const encodeNothing = (): CellEncoder => () => true;

const encodeCode = (
  column: ColumnWithRole<'flag' | 'category'>,
  isMissing: (text: string) => boolean,
): CellEncoder => {
  const read = createCodeReader(column);
  return (cell, out, at) => {
    const code = read(cell);
    out[at] = code;
    if (code !== OTHER_CODE) return true;
    return cell !== null && (typeof cell !== 'string' || !isMissing(cell));
  };
};

const encodeNumber = (column: ColumnWithRole<'number'>): CellEncoder => {
  const read = createNumberReader(column);
  const { offset } = column;
  return (cell, out, at) => {
    const value = read(cell);
    out[at] = Math.min(LARGEST, Math.max(-LARGEST, value - offset));
    return Number.isFinite(value);
  };
};

const encodeCount = (column: ColumnWithRole<'count'>): CellEncoder => {
  const read = createNumberReader(column);
  return (cell, out, at) => {
    const value = read(cell);
    out[at] = value >= 0 && Number.isInteger(value) ? Math.min(LARGEST, value) : OTHER_CODE;
    return Number.isFinite(value);
  };
};

const encodeTime = (column: ColumnWithRole<'datetime'>): CellEncoder => {
  const read = createTimeReader(column);
  const readers = column.parts.map((part) => PART_READERS[part]);
  return (cell, out, at) => {
    const seconds = read(cell);
    if (seconds === null) return false;
    readers.forEach((readPart, i) => {
      out[at + i] = readPart(seconds, column);
    });
    return true;
  };
};

const ENCODERS: {
  readonly [Name in Role]: (
    column: ColumnWithRole<Name>,
    isMissing: (text: string) => boolean,
  ) => CellEncoder;
} = {
  number: encodeNumber,
  count: encodeCount,
  flag: encodeCode,
  category: encodeCode,
  datetime: encodeTime,
  id: encodeNothing,
  text: encodeNothing,
  label: encodeNothing,
  ignore: encodeNothing,
};

/** Creates the function that gives the value of a number as text or number; NaN if it is none, Infinity if it is too large. */
function createNumberReader({ format }: ColumnWithRole<'number' | 'count'>): (cell: Cell) => number {
  const readsPlain = format.decimal === '.';
  return (cell) => {
    if (typeof cell === 'number') return cell;
    if (typeof cell !== 'string') return NaN;
    const value = readsPlain ? parsePlainNumber(cell) : NaN;
    return Number.isNaN(value) ? (readNumber(cell, format.decimal)?.value ?? NaN) : value;
  };
}

function describeAllowed(column: TableColumn): string {
  if (column.role === 'datetime') return 'a date or time, such as 2024-01-31 or 2024-01-31T09:30:00Z';
  const decimal = 'format' in column ? column.format.decimal : '.';
  return `a finite number, such as 12${decimal}5`;
}
