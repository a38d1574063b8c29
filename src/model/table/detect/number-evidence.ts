import { countDecimals, MOST_DECIMALS, type NumberFormat } from '../numbers.ts';
import { Sample } from './sample.ts';

const ZERO = 0x30;
const NINE = 0x39;
const TEN = 10;

/** What is known of the numbers of a column, read with one decimal separator. */
export class NumberEvidence {
  count = 0;
  minimum = Infinity;
  maximum = -Infinity;
  /** Largest number of decimal places. */
  decimals = 0;
  /** Whether every value is a whole number. */
  integers = true;
  /** How many values are one more than the value before. */
  steps = 0;
  /** How often each value occurs; null if there are too many. */
  distinct: Map<number, number> | null = new Map();
  /** How many texts begin with a zero before another digit. */
  leadingZeros = 0;
  /** The length of every text without decimal places; null if they differ. */
  width: number | null = 0;
  grouping: NumberFormat['grouping'] = null;
  readonly units = new Set<string>();
  sample = new Sample();
  readonly #capacity: number;
  #previous = NaN;
  #power = 1;

  /** `capacity`: how many different values are counted. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(value: number): void {
    this.count += 1;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    if (this.integers && !Number.isInteger(value)) this.integers = false;
    if (value - this.#previous === 1) this.steps += 1;
    this.#previous = value;
    this.sample.add(value);
    if (this.distinct !== null) this.#countDistinct(this.distinct, value);
  }

  /** Adds the value of a text that needs no {@link readNumber}. */
  addPlain(value: number, text: string): void {
    this.add(value);
    if (this.integers) this.#lookAtDigits(text);
    if (!this.#fitsDecimals(value)) this.addDecimals(countDecimals(text));
  }

  /** Adds the value of a cell that is no text. */
  addNumber(value: number): void {
    this.add(value);
    this.width = null;
    if (!this.#fitsDecimals(value)) this.addDecimals(countDecimals(String(value)));
  }

  addDecimals(decimals: number): void {
    if (decimals <= this.decimals) return;
    this.decimals = Math.min(MOST_DECIMALS, decimals);
    this.#power = TEN ** this.decimals;
  }

  copy(): NumberEvidence {
    const copy = Object.assign(new NumberEvidence(this.#capacity), this, {
      distinct: this.distinct && new Map(this.distinct),
      units: new Set(this.units),
      sample: this.sample.copy(),
    });
    copy.#previous = this.#previous;
    copy.#power = this.#power;
    return copy;
  }

  /** Whether the value has no more decimal places than the values before. It may err for the last digits of a long number. */
  #fitsDecimals(value: number): boolean {
    const scaled = value * this.#power;
    return Math.round(scaled) / this.#power === value;
  }

  #countDistinct(distinct: Map<number, number>, value: number): void {
    const times = distinct.get(value);
    distinct.set(value, (times ?? 0) + 1);
    if (times === undefined && distinct.size > this.#capacity) this.distinct = null;
  }

  #lookAtDigits(text: string): void {
    if (this.width !== null && text.length !== this.width) this.width = this.width === 0 ? text.length : null;
    if (text.charCodeAt(0) !== ZERO || text.length === 1) return;
    const second = text.charCodeAt(1);
    if (second >= ZERO && second <= NINE) this.leadingZeros += 1;
  }
}
