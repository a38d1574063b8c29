import type { Cell } from '../cell.ts';
import { parseTime } from '../datetimes.ts';
import { isInfinite, parsePlainNumber, readNumber } from '../numbers.ts';
import { NumberEvidence } from './number-evidence.ts';
import { Places } from './places.ts';
import { TimeEvidence } from './time-evidence.ts';
import { WordEvidence } from './word-evidence.ts';

/** How many different values of one column are counted. */
export interface Capacities {
  readonly words: number;
  readonly numbers: number;
}

export interface EvidenceSettings extends Capacities {
  readonly isMissing: (text: string) => boolean;
  /** Whether every cell is a word, whatever it looks like: the values of such a column are codes. */
  readonly wordsOnly: boolean;
  /** Whether numbers are also counted as words, because the name suggests codes. */
  readonly alsoWords: boolean;
}

const [PLUS, NINE] = [0x2b, 0x39] as const;
const THOUSAND = 1000;
const GROUP_DIGITS = 3;
const MISSING = 'missing';

/** Whole numbers that float64 does not hold: names of things, such as card numbers. */
const LONG_CODE = /^[+-]?\d{16,}$/u;
const isLongCode = (text: string): boolean => LONG_CODE.test(text);
const isLarge = (value: number, text: string): boolean => Number.isFinite(value) && !isLongCode(text);

/** What is known of the cells of a column after one pass. Every cell is counted as one kind. */
export class ColumnEvidence {
  missing = 0;
  /** Numbers, if the point is the decimal separator. */
  readonly dot: NumberEvidence;
  /** Numbers, if the comma is the decimal separator; null while the cells say nothing of it, or against it. */
  comma: NumberEvidence | null = null;
  /** Texts that are numbers only if the decimal separator is a point, and only if it is a comma. */
  readonly dotOnly = new Places();
  readonly commaOnly = new Places();
  readonly times = new TimeEvidence();
  readonly words: WordEvidence;
  readonly booleans = new WordEvidence(2);
  readonly infinite = new Places();
  /** Where numbers, times, words, and true and false are. */
  readonly places = { number: new Places(), time: new Places(), word: new Places(), boolean: new Places() };
  /** Numbers that are negative or not whole. */
  readonly uncountable = new Places();
  readonly #settings: EvidenceSettings;
  /** Texts that were seen to be words or missing. */
  readonly #known = new Map<string, 'word' | typeof MISSING>();

  constructor(settings: EvidenceSettings) {
    this.#settings = settings;
    this.dot = new NumberEvidence(settings.numbers);
    this.words = new WordEvidence(settings.words);
  }

  add(cell: Cell, row: number): void {
    if (cell === null || cell === '' || Number.isNaN(cell)) this.missing += 1;
    else if (typeof cell === 'string') this.#addText(cell, row);
    else if (typeof cell === 'boolean') this.#addBoolean(cell, row);
    else if (this.#settings.wordsOnly) this.#addWord(String(cell), row);
    else if (Number.isFinite(cell)) this.#addNumber(cell, row);
    else this.infinite.add(cell, row);
  }

  /** Number of cells that are not missing. */
  get filled(): number {
    const { number, time, word, boolean } = this.places;
    return number.count + time.count + word.count + boolean.count + this.infinite.count;
  }

  /** All cells as words, except times: the counts are null if there are too many different ones. */
  mergeWords(): WordEvidence {
    const { distinct } = this.dot;
    if (this.#settings.alsoWords || (this.dot.count === 0 && this.booleans.count === 0)) return this.words;
    const merged = new WordEvidence(this.#settings.words);
    this.words.counts?.forEach((times, word) => {
      merged.add(word, times);
    });
    this.booleans.counts?.forEach((times, word) => {
      merged.add(word, times);
    });
    distinct?.forEach((times, value) => {
      merged.add(this.#spell(value), times);
    });
    if (this.words.counts === null || distinct === null) merged.abandon();
    return merged;
  }

  /** Codes of one length have leading zeros: 007. */
  #spell(value: number): string {
    const { leadingZeros, width } = this.dot;
    return leadingZeros > 0 && width !== null ? String(value).padStart(width, '0') : String(value);
  }

  #addBoolean(cell: boolean, row: number): void {
    this.places.boolean.add(cell, row);
    this.booleans.add(String(cell));
  }

  #addNumber(value: number, row: number): void {
    this.#place(value, value, row);
    this.dot.addNumber(value);
    this.comma?.addNumber(value);
    if (this.#settings.alsoWords) this.words.add(String(value));
  }

  #addText(text: string, row: number): void {
    const first = text.charCodeAt(0);
    if (first >= PLUS && first <= NINE && !this.#settings.wordsOnly) {
      const value = parsePlainNumber(text);
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER || isLarge(value, text)) {
        this.#addPlain(value, text, row);
        return;
      }
    }
    const known = this.#known.get(text);
    if (known === MISSING) this.missing += 1;
    else if (known !== undefined) this.#addWord(text.trim(), row);
    else this.#addOther(text, row);
  }

  #addPlain(value: number, text: string, row: number): void {
    this.#place(value, text, row);
    if (this.dotOnly.count === 0 || this.comma !== null) this.#weighSeparators(value, text, row);
    this.dot.addPlain(value, text);
    if (this.#settings.alsoWords) this.words.add(text.trim());
  }

  #place(value: number, cell: Cell, row: number): void {
    this.places.number.add(cell, row);
    if (value < 0 || !Number.isInteger(value)) this.uncountable.add(cell, row);
  }

  #weighSeparators(value: number, text: string, row: number): void {
    const point = text.indexOf('.');
    if (point < 0) this.comma?.addPlain(value, text);
    else if (this.#isGrouped(text, point)) this.#addGrouped(value);
    else this.#proveDot(text, row);
  }

  #addGrouped(value: number): void {
    this.comma ??= this.#beginComma();
    this.comma.add(value * THOUSAND);
    this.comma.grouping = '.';
  }

  /** Whether 1.234 may be one thousand two hundred thirty-four. */
  #isGrouped(text: string, point: number): boolean {
    return text.length - point - 1 === GROUP_DIGITS && readNumber(text, ',') !== null;
  }

  #proveDot(text: string, row: number): void {
    this.dotOnly.add(text, row);
    if (this.commaOnly.count === 0) this.comma = null;
  }

  /** All cells so far are the same with both separators, unless a point is proved. */
  #beginComma(): NumberEvidence {
    return this.dotOnly.count > 0 ? new NumberEvidence(this.#settings.numbers) : this.dot.copy();
  }

  #addOther(text: string, row: number): void {
    const word = text.trim();
    if (this.#settings.isMissing(word)) this.#rememberMissing(text);
    else if (this.#settings.wordsOnly) this.#rememberWord(text, word, row);
    else if (isInfinite(word)) this.infinite.add(text, row);
    else if (this.times.count > this.dot.count && this.#addTime(word, row)) return;
    else if (!this.#addWritten(word, row) && !this.#addTime(word, row)) this.#rememberWord(text, word, row);
  }

  #rememberMissing(text: string): void {
    if (this.#known.size < this.#settings.numbers) this.#known.set(text, MISSING);
    this.missing += 1;
  }

  #rememberWord(text: string, word: string, row: number): void {
    if (this.#known.size < this.#settings.numbers) this.#known.set(text, 'word');
    this.#addWord(word, row);
  }

  #addWord(word: string, row: number): void {
    this.places.word.add(word, row);
    this.words.add(word);
  }

  /** A number that is more than digits and a point. */
  #addWritten(text: string, row: number): boolean {
    const dot = readNumber(text, '.');
    const comma = readNumber(text, ',');
    const size = Math.abs(dot?.value ?? comma?.value ?? NaN);
    if (!Number.isFinite(size) || isLongCode(text)) return false;
    this.#place(dot?.value ?? comma?.value ?? NaN, text, row);
    if (dot === null) this.commaOnly.add(text, row);
    const other =
      comma !== null && (this.comma !== null || dot?.value !== comma.value) ? this.#beginIfOpen() : null;
    for (const [evidence, reading] of [
      [this.dot, dot],
      [other, comma],
    ] as const) {
      if (evidence === null || reading === null) continue;
      evidence.add(reading.value);
      evidence.addDecimals(reading.decimals);
      evidence.grouping = reading.grouping ?? evidence.grouping;
      evidence.width = null;
      if (reading.unit !== null) evidence.units.add(reading.unit);
    }
    if (comma === null) this.#proveDot(text, row);
    if (this.#settings.alsoWords) this.words.add(text);
    return true;
  }

  #beginIfOpen(): NumberEvidence | null {
    if (this.comma === null && (this.dotOnly.count === 0 || this.commaOnly.count > 0))
      this.comma = this.#beginComma();
    return this.comma;
  }

  #addTime(text: string, row: number): boolean {
    const reading = parseTime(text, this.times.order);
    if (reading === null) return false;
    this.places.time.add(text, row);
    this.times.add(reading);
    return true;
  }
}
