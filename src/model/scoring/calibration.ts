/**
 * Scores and surprises of rows that did not train the model, in ascending order. If a new row comes from where these came from, its
 * rank among them is uniform, so (1 + number of these >= its score) / (rows + 1) is a valid p-value (Vovk et al. 2005),
 * whatever the model is worth.
 */
export interface Calibration {
  /** [rows] */
  readonly scores: Float32Array;
  /** For each column its surprises, without those of missing values. */
  readonly surprises: readonly Float32Array[];
}

/** Most rows of a calibration: p-values down to 0.0005. Of wide rows fewer, down to 0.005: scoring them takes time. */
const [MOST_ROWS, LEAST_ROWS, MOST_VALUES] = [2000, 200, 2 ** 19];

/** How many of the validation rows are scored. */
export function countCalibrationRows(validationRows: number, columns: number): number {
  return Math.min(validationRows, MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(MOST_VALUES / columns)));
}

/** Most surprises that are kept for all columns together: of fewer rows if rows are wide. */
const MOST_SURPRISES = 2 ** 20;
const LEAST_SURPRISE_ROWS = 64;

/** The number of rows whose surprises are kept. */
export function countSurpriseRows(rows: number, columns: number): number {
  return Math.min(rows, Math.max(LEAST_SURPRISE_ROWS, Math.floor(MOST_SURPRISES / columns)));
}

/** At most `most` numbers, spread evenly over the given ones, in their order. */
export function spreadOver(values: Uint32Array, most: number): Uint32Array {
  const count = Math.min(most, values.length);
  return Uint32Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)] ?? 0);
}

/** Collects scores in any order. */
export class CalibrationCollector {
  readonly #scores: number[] = [];
  readonly #surprises: number[][];

  constructor(columns: number) {
    this.#surprises = Array.from({ length: columns }, () => []);
  }

  addScore(score: number): void {
    this.#scores.push(score);
  }

  /** NaN, the surprise of a missing value, is left out. */
  addSurprises(surprises: ArrayLike<number>): void {
    this.#surprises.forEach((own, column) => {
      const surprise = surprises[column] ?? NaN;
      if (!Number.isNaN(surprise)) own.push(surprise);
    });
  }

  finish(): Calibration {
    return { scores: sort(this.#scores), surprises: this.#surprises.map(sort) };
  }
}

const sort = (values: readonly number[]): Float32Array => Float32Array.from(values).sort();

/** How many of the sorted values are at least as large. Compares in single precision, as calibrations are stored. */
export function countAtLeast(sorted: Float32Array, value: number): number {
  const rounded = Math.fround(value);
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < rounded) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

/** NaN if there are none. */
export function medianOf(sorted: Float32Array): number {
  const [below, above] = [(sorted.length - 1) >>> 1, sorted.length >>> 1];
  return sorted.length === 0 ? NaN : ((sorted[below] ?? NaN) + (sorted[above] ?? NaN)) / 2;
}

/** By how much each surprise exceeds the median of its column; NaN for a missing value or without a calibration. */
export function measureExcess(surprises: ArrayLike<number>, medians: ArrayLike<number>): Float64Array {
  return Float64Array.from(surprises, (surprise, column) => surprise - (medians[column] ?? NaN));
}
