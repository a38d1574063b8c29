/** A value as it comes: a number, the text of one, a label, or nothing (null, NaN, an empty or NA-like text). */
export type Cell = number | string | null;

export const DISTINCT_LIMIT = 64;
const NO_VALUE = /^\s*(?:nan|na|n\/a|null|none|\?)?\s*$/i;

/** What one pass over a column has seen. */
export interface ColumnSummary {
  readonly rows: number;
  readonly missing: number;
  /** Cells that are no numbers. */
  readonly labelled: number;
  readonly zeros: number;
  readonly ones: number;
  readonly integers: boolean;
  /** Over the numbers: Infinity, -Infinity and 0 where there is none. */
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly variance: number;
  /** Of log x, where all numbers are above 0. */
  readonly log: { readonly mean: number; readonly variance: number } | null;
  /** How often each value occurs, by its text; null where there are more than {@link DISTINCT_LIMIT}. */
  readonly counts: ReadonlyMap<string, number> | null;
}

export interface ColumnObserver {
  add(cell: Cell): void;
  summary(): ColumnSummary;
}

export function observeColumn(): ColumnObserver {
  let [rows, missing, labelled] = [0, 0, 0];
  const [numbers, others] = [observeNumbers(), distinctValues()];
  return {
    add(cell) {
      rows += 1;
      const value = read(cell);
      if (value === null) missing += 1;
      else if (typeof value === 'string') labelled += 1;
      if (typeof value === 'number') numbers.add(value);
      if (value !== null && value !== 0 && value !== 1) others.add(value);
    },
    summary() {
      const found = numbers.result();
      return { rows, missing, labelled, ...found, counts: others.with(found.zeros, found.ones) };
    },
  };
}

function observeNumbers() {
  let [zeros, ones, minimum, maximum, integers] = [0, 0, Infinity, -Infinity, true];
  const [values, logs] = [runningMoments(), runningMoments()];
  return {
    add(value: number): void {
      if (value === 0) zeros += 1;
      else if (value === 1) ones += 1;
      else integers &&= Number.isInteger(value);
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      values.add(value);
      if (minimum > 0) logs.add(Math.log(value));
    },
    result() {
      const log = minimum > 0 && minimum < Infinity ? logs.result() : null;
      return { zeros, ones, integers, minimum, maximum, log, ...values.result() };
    },
  };
}

/** Counts of the values beside 0 and 1, which most columns of pictures have most of the time. */
function distinctValues() {
  let counts: Map<string | number, number> | null = new Map();
  return {
    add(value: string | number): void {
      counts?.set(value, (counts.get(value) ?? 0) + 1);
      if (counts && counts.size > DISTINCT_LIMIT) counts = null;
    },
    with(zeros: number, ones: number): Map<string, number> | null {
      if (!counts) return null;
      const bits = Object.entries({ 0: zeros, 1: ones }).filter(([, times]) => times > 0);
      const all = new Map(bits);
      counts.forEach((times, value) => all.set(String(value), times));
      return all.size > DISTINCT_LIMIT ? null : all;
    },
  };
}

/** Null for a missing value. */
export function read(cell: Cell): number | string | null {
  if (typeof cell === 'number') return Number.isNaN(cell) ? null : cell;
  if (cell === null || NO_VALUE.test(cell)) return null;
  const value = Number(cell);
  return Number.isNaN(value) ? cell.trim() : value;
}

/** Sums of differences from the first value: exact where large values lie close together. */
function runningMoments() {
  let [count, first, sum, squares] = [0, 0, 0, 0];
  return {
    add(value: number): void {
      if (count === 0) first = value;
      const difference = value - first;
      count += 1;
      sum += difference;
      squares += difference * difference;
    },
    result() {
      const average = sum / Math.max(1, count);
      const variance = Math.max(0, squares / Math.max(1, count) - average ** 2);
      return { mean: first + average, variance };
    },
  };
}
