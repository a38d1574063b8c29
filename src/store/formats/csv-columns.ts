import { AppError } from '../../errors.ts';
import { flagOf } from '../../model/dataset.ts';
import { LIKELIHOOD_LIMITS } from '../../model/specification.ts';
import { invalid, isMissing, isNumber, isWord, parseNumber, quoteCell } from './csv-cells.ts';

/** Maximum length of all different words of a file together: they are stored in its record. */
const MOST_CHARACTERS = 2 ** 20;
const MOST_WORDS = LIKELIHOOD_LIMITS.categories;
const LONGEST = LIKELIHOOD_LIMITS.nameCharacters;

export interface NumberedRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** Codes of the words of one column: 0, 1, ... in order of first appearance, except for flags. */
interface Words {
  readonly codes: Map<string, number>;
  readonly labels: string[];
}

/** Reads the cells of a table: numbers as they are, words as codes, empty cells as NaN. The first value of a column decides between numbers and words. */
export class CsvColumns {
  readonly #size: number;
  readonly #names: readonly string[] | null;
  /** For each column: its words, or null if it has numbers; undefined until it has a value. */
  readonly #columns: (Words | null | undefined)[];
  #characters = 0;

  constructor(size: number, names: readonly string[] | null) {
    this.#size = size;
    this.#names = names;
    this.#columns = new Array<Words | null | undefined>(size).fill(undefined);
  }

  /** Errors: data_invalid with row and column, too_large. */
  read({ row, cells }: NumberedRow, out: Float32Array, offset: number): void {
    if (cells.length !== this.#size) {
      const where = `row ${row}, column ${Math.min(cells.length, this.#size) + 1}`;
      throw invalid(where, `${cells.length} columns`, `${this.#size}, as in the first row`);
    }
    cells.forEach((cell, column) => {
      out[offset + column] = this.#value(cell, row, column);
    });
  }

  /** For each column: the word of each code, or null if it has numbers. */
  labels(): (readonly string[] | null)[] {
    return this.#columns.map((words) => words?.labels ?? null);
  }

  #value(cell: string, row: number, column: number): number {
    const words = this.#columns[column];
    if (isNumber(cell) && !words) {
      this.#columns[column] = null;
      return this.#number(cell, row, column);
    }
    if (isMissing(cell)) return NaN;
    if (!isNumber(cell) && !isWord(cell)) throw this.#noNumber(cell, row, column);
    if (words === null) {
      const allowed = 'a number, as in the rows before; for a missing value an empty cell or NA';
      throw invalid(this.#where(row, column), quoteCell(cell), allowed);
    }
    return this.#code(cell.trim(), row, column);
  }

  #number(cell: string, row: number, column: number): number {
    try {
      return parseNumber(cell);
    } catch {
      throw this.#noNumber(cell, row, column);
    }
  }

  #code(word: string, row: number, column: number): number {
    const words = (this.#columns[column] ??= this.#begin(word, row, column));
    const known = words.codes.get(word) ?? words.codes.get(toFlagKey(word));
    if (known !== undefined) return known;
    if (words.labels.length >= MOST_WORDS) {
      const allowed = `at most ${MOST_WORDS} different words in a column: free text cannot be learned, leave it out`;
      throw invalid(this.#where(row, column), `${quoteCell(word)}, one word more`, allowed);
    }
    return this.#add(words, word, word, row, column);
  }

  /** A column that begins with a word of a flag has both words of it, in the order of their codes. */
  #begin(word: string, row: number, column: number): Words {
    if (this.#size > LIKELIHOOD_LIMITS.columns) {
      const allowed = `finite float32 numbers: tables with words have at most ${LIKELIHOOD_LIMITS.columns} columns`;
      throw invalid(this.#where(row, column), quoteCell(word), allowed);
    }
    const words: Words = { codes: new Map(), labels: [] };
    for (const label of flagOf(word) ?? []) this.#add(words, label, toFlagKey(label), row, column);
    return words;
  }

  #add(words: Words, label: string, key: string, row: number, column: number): number {
    if (label.length > LONGEST) {
      const found = `a text of ${label.length} characters`;
      throw invalid(this.#where(row, column), found, `numbers, or words of at most ${LONGEST} characters`);
    }
    this.#characters += label.length;
    if (this.#characters > MOST_CHARACTERS) {
      const what = 'All different words of the table';
      throw AppError.of('too_large', { what, limit: MOST_CHARACTERS, unit: 'characters' });
    }
    words.codes.set(key, words.labels.length);
    return words.labels.push(label) - 1;
  }

  #noNumber(cell: string, row: number, column: number): AppError {
    return invalid(
      this.#where(row, column),
      quoteCell(cell),
      'a finite float32 number in decimal digits, a word, or nothing',
    );
  }

  #where(row: number, column: number): string {
    const name = this.#names?.[column];
    return `row ${row}, column ${column + 1}${name === undefined ? '' : ` (${name})`}`;
  }
}

/** A flag's words match in upper and lower case, so they have a key that no trimmed word can have. */
const toFlagKey = (word: string): string => ` ${word.toLowerCase()}`;
