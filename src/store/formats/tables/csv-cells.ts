const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const MISSING = /^\s*(?:na|n\/a|nan|null)?\s*$/i;
/** What other programs take for numbers: never the name of a column. */
const OTHER_NUMBER = /^\s*[+-]?(?:inf(?:inity)?|0x[\da-f_]+|0[ob][\d_]+)\s*$/i;

export const isBlank = (cell: string): boolean => cell.trim() === '';
export const isWord = (cell: string): boolean =>
  !NUMBER.test(cell) && !MISSING.test(cell) && !OTHER_NUMBER.test(cell);
