import { readFlag } from './flags.ts';
import { parsePlainNumber } from './numbers.ts';
import type { Cell } from './cell.ts';
import type { ColumnWithRole } from './schema.ts';

/** The stored value of a word that the schema does not keep. */
export const OTHER_CODE = -1;
/** What answers write for {@link OTHER_CODE}. */
export const OTHER_WORD = 'other';

type CodedColumn = ColumnWithRole<'flag' | 'category' | 'label'>;

/** Creates the function that gives the code of a cell: {@link OTHER_CODE} for a word that is not kept. The cell is not missing. */
export function createCodeReader({ role, labels, cells }: CodedColumn): (cell: Cell) => number {
  const codes = new Map(labels.map((label, code) => [label, code]));
  const find = (word: string): number => codes.get(word) ?? OTHER_CODE;
  const readsNumbers = cells === 'number';
  return (cell) => {
    const word = toWord(cell);
    const code = find(word);
    if (code !== OTHER_CODE) return code;
    if (readsNumbers) return find(spellNumber(word));
    return role === 'flag' ? (readFlag(word) ?? OTHER_CODE) : OTHER_CODE;
  };
}

/** Creates the function that gives the cell of a code. */
export function createCodeWriter({ labels, cells }: CodedColumn): (code: number) => Cell {
  const words: Cell[] = labels.map((label, code) => {
    if (cells === 'boolean') return code === 1;
    return cells === 'number' ? Number(label) : label;
  });
  return (code) => {
    if (Number.isNaN(code)) return null;
    return words[Math.round(code)] ?? OTHER_WORD;
  };
}

/** The word that a cell of a category stands for. */
export const toWord = (cell: Cell): string => (typeof cell === 'string' ? cell.trim() : String(cell));

/** 1.0 and 01 are the number 1; other words stay. */
export function spellNumber(word: string): string {
  const value = parsePlainNumber(word);
  return Number.isFinite(value) ? String(value) : word;
}
