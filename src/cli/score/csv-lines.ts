import type { Cell, TableSchema } from '../../model/table.ts';
import { toExpectedCell } from './words.ts';
import { isScored, type RowOutcome } from './verdict.ts';

/** Added to each row, in this order. */
export const ADDED_COLUMNS = ['score', 'p_value', 'flagged', 'strangest_column', 'expected'] as const;
/** Before the names of the columns that are added, if the file has one of them. */
const PREFIX = 'aevb_';

export type DecimalSign = '.' | ',';

/** The decimal sign of the table's numbers: a comma if any column has it. */
export function findDecimalSign(table: TableSchema | null): DecimalSign {
  const hasComma = (table?.columns ?? []).some(
    (column) => 'format' in column && column.format.decimal === ',',
  );
  return hasComma ? ',' : '.';
}

/** The names of the added columns: different from those of the file. */
export function nameAddedColumns(names: readonly string[]): string[] {
  const known = new Set(names);
  let prefix = '';
  while (ADDED_COLUMNS.some((name) => known.has(prefix + name))) prefix += PREFIX;
  return ADDED_COLUMNS.map((name) => prefix + name);
}

/**
 * The cells that are added to a row. A row that could not be scored has no score, and names the column and the values that
 * are allowed there.
 */
export function toAddedCells(outcome: RowOutcome, decimal: DecimalSign): Cell[] {
  if (!isScored(outcome)) {
    const [first] = outcome.problems;
    return [null, null, null, first?.column ?? null, first?.allowed ?? null];
  }
  const { score, pValue, flagged, columns } = outcome;
  const [strangest] = columns;
  const write = (cell: Cell): string =>
    typeof cell === 'number' ? String(cell).replace('.', decimal) : String(cell);
  const expected = strangest?.expected;
  return [
    write(round(score, 6)),
    pValue === null ? null : write(round(pValue, 4)),
    flagged,
    strangest?.column ?? null,
    expected ? toExpectedCell(expected, write) : null,
  ];
}

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));
