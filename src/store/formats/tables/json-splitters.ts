import { AppError } from '../../../errors.ts';

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c] as const;
const [OPENING, CLOSING, OPENING_BRACE, CLOSING_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Takes the text of one record and its number: of the line, or among the elements of the array. */
export type TakeText = (text: string, number: number) => void;

/** Cuts the text of a file into the texts of its records. */
export interface Splitter {
  push(text: string): void;
  /** Errors: data_invalid if the text cannot end here. */
  end(): void;
  /** What comes after the last whole record. */
  readonly pending: string;
  /** Number of the last whole record. */
  readonly number: number;
}

export type CreateSplitter = (take: TakeText) => Splitter;

/** One record a line; blank lines are left out. */
export const splitLines: CreateSplitter = (take) => {
  let pending = '';
  let number = 0;
  const takeLine = (line: string): void => {
    number += 1;
    const text = line.trim();
    if (text !== '') take(text, number);
  };
  return {
    push(text) {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      lines.forEach(takeLine);
    },
    end() {
      if (pending !== '') takeLine(pending);
      pending = '';
    },
    get pending() {
      return pending;
    },
    get number() {
      return number;
    },
  };
};

/** The elements of one array. */
export const splitArray: CreateSplitter = (take) => new ArraySplitter(take);

/** Where the last character was: between texts, in one, or in one after a backslash. */
const [BETWEEN, IN_TEXT, ESCAPED] = [0, 1, 2] as const;

class ArraySplitter implements Splitter {
  readonly #take: TakeText;
  #pending = '';
  /** Brackets that are open; 0 before the array and after it. */
  #depth = 0;
  #place: 0 | 1 | 2 = BETWEEN;
  #isOver = false;
  number = 0;

  constructor(take: TakeText) {
    this.#take = take;
  }

  get pending(): string {
    return this.#pending;
  }

  push(piece: string): void {
    const text = this.#pending + piece;
    let start = 0;
    let [depth, place] = [this.#depth, this.#place];
    for (let at = this.#pending.length; at < text.length; at++) {
      const character = text.charCodeAt(at);
      if (place === ESCAPED) place = IN_TEXT;
      else if (place === IN_TEXT) {
        if (character === BACKSLASH) place = ESCAPED;
        else if (character === QUOTE) place = BETWEEN;
      } else if (depth === 0) {
        if (this.#beginsArray(character)) depth = 1;
        start = at + 1;
      } else if (depth === 1 && (character === COMMA || character === CLOSING)) {
        if (character === CLOSING) depth = 0;
        this.#finish(text.slice(start, at), depth === 0);
        start = at + 1;
      } else if (character === QUOTE) place = IN_TEXT;
      else if (character === OPENING || character === OPENING_BRACE) depth += 1;
      else if (character === CLOSING || character === CLOSING_BRACE) depth = Math.max(1, depth - 1);
    }
    [this.#depth, this.#place] = [depth, place];
    this.#pending = text.slice(start);
  }

  end(): void {
    if (this.#isOver) return;
    const where = `row ${this.number + 1}`;
    throw AppError.of('data_invalid', {
      where,
      found: 'the end of the data',
      allowed: 'the end of the array, ]',
    });
  }

  #finish(element: string, isLast: boolean): void {
    this.#isOver = isLast;
    const text = element.trim();
    // An empty array has no element.
    if (text === '' && this.number === 0 && isLast) return;
    this.number += 1;
    this.#take(text, this.number);
  }

  #beginsArray(character: number): boolean {
    if (character === OPENING && !this.#isOver) return true;
    if (SPACES.has(character)) return false;
    const [where, allowed] = this.#isOver
      ? [`after row ${this.number}`, 'the end of the file']
      : ['the start', '['];
    throw AppError.of('data_invalid', { where, found: 'other text', allowed });
  }
}
