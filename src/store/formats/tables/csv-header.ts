import { isBlank, isWord } from './csv-cells.ts';

/** Numbers, amounts, shares, dates and times in the usual ways to write them. */
const TYPED = /^\s*[-+$€£¥]?\s*\d[\d\s.,:'’/TZ+-]*(?:e[+-]?\d+)?\s*[%$€£¥]?\s*$/i;
const LONGEST_TYPED = 40;

export const isTyped = (cell: string): boolean => cell.length <= LONGEST_TYPED && TYPED.test(cell);

const isName = (cell: string): boolean => isWord(cell) && !isTyped(cell);

/** Whether the first row names the columns: as the client says; by default, if it has words and otherwise only empty cells. */
export function isHeader(cells: readonly string[], asked: boolean | undefined): boolean {
  return asked ?? (cells.some(isName) && cells.every((cell) => isName(cell) || isBlank(cell)));
}
