import type { Cell } from '../../model/table.ts';
import { toCsvLine } from '../../store/formats/output/csv.ts';
import { type DecimalSign, nameAddedColumns, toAddedCells } from './csv-lines.ts';
import { scoreTable, type RowWithOutcome, type ScoreRows } from './scored-rows.ts';
import type { TableInput } from './table-input.ts';

export interface ScoredLines {
  readonly rows: readonly RowWithOutcome[];
  /** Lines of a CSV file: the cells of the rows as they were, and what was added. */
  readonly text: string;
}

/**
 * Scores a table and yields it as a CSV file, piece by piece; numbers that are added have the decimal sign of the table. A file without names gets a header too, because
 * otherwise nobody would know what was added.
 */
export async function* scoreLines(
  input: TableInput,
  score: ScoreRows,
  decimal: DecimalSign,
  limit = Infinity,
): AsyncGenerator<ScoredLines> {
  const toLine = (cells: readonly Cell[]): string => toCsvLine(cells, input.delimiter);
  let header = toLine([...input.names, ...nameAddedColumns(input.names)]);
  for await (const rows of scoreTable(input, score, limit)) {
    const lines = rows.map(({ cells, outcome }) => toLine([...cells, ...toAddedCells(outcome, decimal)]));
    yield { rows, text: header + lines.join('') };
    header = '';
  }
  if (header !== '') yield { rows: [], text: header };
}
