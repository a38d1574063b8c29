import type { Cell } from '../../model/table.ts';
import type { DecimalSeparator } from '../../model/table/numbers.ts';
import { createColumn, type RowColumn } from '../rows/row-columns.ts';
import { isRead, type RowOutcome } from '../rows/outcome.ts';
import type { Verdict } from './verdict.ts';
import { toExpectedCell } from './words.ts';

/** Added to each row, in this order. */
export const addedColumns = (decimal: DecimalSeparator): RowColumn[] => [
  createColumn('score', 'number', decimal),
  createColumn('p_value', 'number', decimal),
  createColumn('flagged', 'flag'),
  createColumn('strangest_column', 'text'),
  createColumn('expected', 'text'),
];

/**
 * The cells that are added to a row. A row that could not be scored has no score, and names the column and the values that
 * are allowed there.
 */
export function toAddedCells(outcome: RowOutcome<Verdict>, decimal: DecimalSeparator): Cell[] {
  if (!isRead(outcome)) {
    const [first] = outcome.problems;
    return [null, null, null, first?.column ?? null, first?.allowed ?? null];
  }
  const { score, pValue, flagged, columns } = outcome;
  const [strangest] = columns;
  const write = (cell: Cell): string =>
    typeof cell === 'number' ? String(cell).replace('.', decimal) : String(cell);
  const expected = strangest?.expected;
  return [
    round(score, 6),
    pValue === null ? null : round(pValue, 4),
    flagged,
    strangest?.column ?? null,
    expected ? toExpectedCell(expected, write) : null,
  ];
}

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));
