import type { Cell } from '../../model/table.ts';
import type { OutputFormat } from '../../model/specification.ts';
import { UsageError } from '../usage-error.ts';
import type { RowColumn } from './row-columns.ts';

type WriteCell = (cell: Cell) => Cell;

/** Creates the function that gives a cell as a file of the format has it: CSV files keep texts as they are. */
export const createCellWriter = (format: OutputFormat, column: RowColumn): WriteCell =>
  WRITERS[format](column);

const writeCsv = ({ decimal }: RowColumn): WriteCell =>
  decimal === '.'
    ? (cell) => cell
    : (cell) => (typeof cell === 'number' ? String(cell).replace('.', decimal) : cell);

/** A cell that cannot be read stays as it is. */
const writeJson =
  ({ parse }: RowColumn): WriteCell =>
  (cell) => {
    if (typeof cell !== 'string') return cell;
    const read = parse(cell);
    return read === undefined ? cell : read;
  };

/**
 * Every cell of a column has the same type. A cell that cannot be read, which is complained about elsewhere, is missing. Errors:
 * UsageError if nobody has complained.
 */
function writeTyped(column: RowColumn): WriteCell {
  const { kind, parse } = column;
  if (kind === 'text') return (cell) => (typeof cell === 'string' ? (parse(cell) ?? null) : cell);
  const type = kind === 'flag' ? 'boolean' : 'number';
  return (cell) => {
    if (cell === null) return null;
    const value = typeof cell === 'string' ? parse(cell) : cell;
    if (value === null) return null;
    if (value !== undefined && typeof value === type) return value;
    if (kind === 'number' && typeof value === 'boolean') return Number(value);
    if (column.isChecked) return null;
    const found = JSON.stringify(cell).slice(0, 40);
    throw new UsageError(
      `Column ${column.name} begins with ${kind}s, but has ${found}: such a file can only be written as .csv or .jsonl.`,
    );
  };
}

const WRITERS: { readonly [Format in OutputFormat]: (column: RowColumn) => WriteCell } = {
  csv: writeCsv,
  jsonl: writeJson,
  npy: writeTyped,
  parquet: writeTyped,
};
