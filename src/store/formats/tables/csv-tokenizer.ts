import { AppError } from '../../../errors.ts';
import type { Delimiter } from '../file.ts';
import { MAX_DATA_SIZE } from '../limits.ts';

export const QUOTE_OPEN = 'a quote that is not closed';
export const TEXT_AFTER_QUOTE = 'text after a closing quote';

/** Takes the cells of one record, and what is wrong with it: then its cells are a guess. */
export type TakeRecord = (cells: string[], fault: string | null) => void;

/** Finds a character from ever later places of a text, and searches each part of it once. */
class Finder {
  readonly #text: string;
  readonly #character: string;
  #place = -1;

  constructor(text: string, character: string) {
    this.#text = text;
    this.#character = character;
  }

  /** Infinity if there is none. */
  next(from: number): number {
    if (this.#place < from) {
      const found = this.#text.indexOf(this.#character, from);
      this.#place = found === -1 ? Infinity : found;
    }
    return this.#place;
  }
}

/**
 * Cuts CSV text (RFC 4180) into records. Lines end with \n, \r\n or \r, also mixed. A cell in quotes can contain anything,
 * quotes doubled; a quote inside any other cell is a character like others. Lines without quotes, most of them, are cut
 * without a look at each character.
 */
export class CsvTokenizer {
  readonly #delimiter: Delimiter;
  readonly #take: TakeRecord;
  #partial = '';

  constructor(delimiter: Delimiter, take: TakeRecord) {
    this.#delimiter = delimiter;
    this.#take = take;
  }

  /** Number of characters after the last whole record. */
  get pending(): number {
    return this.#partial.length;
  }

  /** Number of cells that have begun in them, at least 1. */
  countPendingCells(): number {
    let count = 1;
    const tokenizer = new CsvTokenizer(this.#delimiter, (cells) => (count = cells.length));
    tokenizer.push(this.#partial);
    tokenizer.end();
    return count;
  }

  /** Errors: too_large for more cells in a record than a data set may have. */
  push(text: string): void {
    this.#read(this.#partial + text, false);
  }

  /** The end of the text, also of a last record without a line end. */
  end(): void {
    this.#read(this.#partial, true);
  }

  #read(text: string, isLast: boolean): void {
    const finders = [text, text, text, text].map(
      (each, i) => new Finder(each, ['\n', '\r', '"', this.#delimiter][i] ?? ''),
    );
    const [lines, returns, quotes, delimiters] = finders as [Finder, Finder, Finder, Finder];
    let start = 0;
    while (start < text.length) {
      let end = Math.min(lines.next(start), returns.next(start), isLast ? text.length : Infinity);
      if (quotes.next(start) < end) {
        const record = readQuotedRecord(text, start, this.#delimiter, isLast);
        if (record === null) break;
        this.#take(record.cells, record.fault);
        end = record.end;
      } else {
        if (end === Infinity) break;
        if (end === text.length - 1 && text[end] === '\r' && !isLast) break;
        this.#take(cutLine(text, start, end, delimiters), null);
      }
      start = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
    }
    this.#partial = text.slice(start);
  }
}

function cutLine(text: string, start: number, end: number, delimiters: Finder): string[] {
  const cells: string[] = [];
  let from = start;
  for (let at = delimiters.next(from); at < end; at = delimiters.next(from)) {
    addCell(cells, text.slice(from, at));
    from = at + 1;
  }
  addCell(cells, text.slice(from, end));
  return cells;
}

function addCell(cells: string[], cell: string): void {
  if (cells.push(cell) > MAX_DATA_SIZE)
    throw AppError.of('too_large', { what: 'A row', limit: MAX_DATA_SIZE, unit: 'values' });
}

interface QuotedRecord {
  readonly cells: string[];
  readonly fault: string | null;
  /** Place of the line end, or the end of the text. */
  readonly end: number;
}

/** Null if the text may go on. */
function readQuotedRecord(
  text: string,
  start: number,
  delimiter: Delimiter,
  isLast: boolean,
): QuotedRecord | null {
  const cells: string[] = [];
  let fault: string | null = null;
  for (let at = start; ; at += 1) {
    const cell = readQuotedCell(text, at);
    const end = findCellEnd(text, cell?.end ?? at, delimiter);
    if (cell?.isOpen) fault ??= QUOTE_OPEN;
    else if (cell !== null && end > cell.end) fault ??= TEXT_AFTER_QUOTE;
    addCell(cells, cell === null ? text.slice(at, end) : cell.value);
    at = end;
    if (text[at] === delimiter) continue;
    const mayGoOn = at >= text.length - 1 && text[at] !== '\n';
    return mayGoOn && !isLast ? null : { cells, fault, end: at };
  }
}

interface QuotedCell {
  readonly value: string;
  /** Whether the closing quote is missing. */
  readonly isOpen: boolean;
  /** The place after the quote and spaces. */
  readonly end: number;
}

/** Null if no quote begins here. */
function readQuotedCell(text: string, start: number): QuotedCell | null {
  const open = skipSpaces(text, start);
  if (text[open] !== '"') return null;
  let close = text.indexOf('"', open + 1);
  let isDoubled = false;
  while (close !== -1 && text[close + 1] === '"') {
    isDoubled = true;
    close = text.indexOf('"', close + 2);
  }
  const inside = text.slice(open + 1, close === -1 ? text.length : close);
  const value = isDoubled ? inside.replaceAll('""', '"') : inside;
  return { value, isOpen: close === -1, end: close === -1 ? text.length : skipSpaces(text, close + 1) };
}

function skipSpaces(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ') at += 1;
  return at;
}

/** The place of the delimiter or line end after a cell, or the end of the text. */
function findCellEnd(text: string, start: number, delimiter: Delimiter): number {
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at];
    if (character === delimiter || character === '\n' || character === '\r') break;
  }
  return at;
}
