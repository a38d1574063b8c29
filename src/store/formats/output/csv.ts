import type { Cell } from '../../../model/table.ts';
import type { OutputColumn } from '../../../model/specification.ts';
import { joinBytes, type FileWriter } from './writer.ts';

/** UTF-8 with a header and decimal points; a missing cell is empty. */
export function csvOutput(columns: readonly OutputColumn[], delimiter = ','): FileWriter {
  const header = toCsvLine(
    columns.map(({ name }) => name),
    delimiter,
  );
  return {
    head: () => Buffer.from(header),
    openPiece: () => joinBytes((rows) => Buffer.from(rows.map((row) => toCsvLine(row, delimiter)).join(''))),
    tail: () => new Uint8Array(),
  };
}

/** One line of a CSV file, with its line end. Cells of text are as they were; a missing cell is empty. */
export function toCsvLine(cells: readonly Cell[], delimiter: string): string {
  return `${cells.map((cell) => toCsvCell(cell, delimiter)).join(delimiter)}\n`;
}

function toCsvCell(cell: Cell, delimiter: string): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
