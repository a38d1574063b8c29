/** Scores of one row from weighted draws, in double precision, with log p(x) and every log p(x without column j) from the same draws. */

/** Draws of one row as {@link import('./proposals.ts').defineWeighing} returns them. */
export interface RowDraws {
  /** log p(x_j|z_l), [draws, size], row-major. */
  readonly terms: Float32Array;
  /** log p(z_l) - log r(z_l), [draws] */
  readonly logRatio: Float32Array;
}

/** Which terms belong to each column: the features of a column, such as the parts of a date, are left out together. */
export type Columns = readonly (readonly number[])[];

export interface RowScore {
  /** -log p(x) in nats: minus the log of the mean weight w_l = p(x|z_l) p(z_l) / r(z_l). */
  readonly score: number;
  /** sqrt(var(w) / L) / mean(w). */
  readonly standardError: number;
}

/** Instead of -Infinity and NaN (values beyond single precision), so that sums stay finite. */
const LEAST_TERM = -1e30;
export const keepFinite = (term: number): number => (term >= LEAST_TERM ? term : LEAST_TERM);

/** Buffers for rows of one model. */
export class LeaveOneOut {
  readonly #columns: Columns;
  readonly #draws: number;
  readonly #totals: Float64Array;
  /** log weights without each column, [columns, draws]. */
  readonly #rest: Float64Array;
  readonly #own: Float64Array;

  constructor(columns: Columns, draws: number) {
    this.#columns = columns;
    this.#draws = draws;
    this.#totals = new Float64Array(draws);
    this.#rest = new Float64Array(draws * columns.length);
    this.#own = new Float64Array(columns.length);
  }

  /** Takes the draws of a row; the other methods then speak of this row. */
  weigh({ terms, logRatio }: RowDraws): RowScore {
    const size = terms.length / this.#draws;
    const [columns, own] = [this.#columns, this.#own];
    for (let draw = 0; draw < this.#draws; draw++) {
      for (let column = 0; column < columns.length; column++) {
        const features = columns[column] ?? [];
        let sum = 0;
        for (let i = 0; i < features.length; i++) {
          sum += keepFinite(terms[draw * size + (features[i] ?? 0)] ?? NaN);
        }
        own[column] = sum;
      }
      this.#totals[draw] = this.#leaveOut(draw, keepFinite(logRatio[draw] ?? NaN));
    }
    return summarize(this.#totals);
  }

  /** -log p(x_j|x without j) = log p(x without j) - log p(x), for each column. */
  surprises(): Float64Array {
    const whole = logMeanExp(this.#totals);
    return Float64Array.from(this.#columns, (_, column) => logMeanExp(this.#restOf(column)) - whole);
  }

  /** Weights of the draws under p(z|x without column j): [draws], with sum 1. */
  weights(column: number): Float64Array {
    const rest = this.#restOf(column);
    const logSum = logMeanExp(rest) + Math.log(this.#draws);
    return rest.map((value) => Math.exp(value - logSum));
  }

  #restOf(column: number): Float64Array {
    return this.#rest.subarray(column * this.#draws, (column + 1) * this.#draws);
  }

  /** Sums from both ends: the sum less one term would lose the others beside a very strange value. Returns the whole sum. */
  #leaveOut(draw: number, start: number): number {
    const [own, rest, draws] = [this.#own, this.#rest, this.#draws];
    let before = start;
    for (let column = 0; column < own.length; column++) {
      rest[column * draws + draw] = before;
      before += own[column] ?? 0;
    }
    let after = 0;
    for (let column = own.length - 1; column >= 0; column--) {
      const at = column * draws + draw;
      rest[at] = (rest[at] ?? 0) + after;
      after += own[column] ?? 0;
    }
    return before;
  }
}

function summarize(logWeights: Float64Array): RowScore {
  const largest = logWeights.reduce((most, value) => Math.max(most, value), -Infinity);
  const count = logWeights.length;
  let [sum, squares] = [0, 0];
  for (const value of logWeights) {
    const weight = Math.exp(value - largest);
    sum += weight;
    squares += weight * weight;
  }
  const relative = Math.max(0, squares / sum ** 2 - 1 / count);
  return {
    score: -(largest + Math.log(sum / count)),
    standardError: Math.sqrt((relative * count) / Math.max(1, count - 1)),
  };
}

function logMeanExp(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] ?? NaN);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] ?? NaN) - largest);
  return largest + Math.log(sum / values.length);
}
