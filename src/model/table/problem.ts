/** What is wrong with the cells of one column: how many there are, and where the first ones are. */
export interface TableProblem {
  readonly column: string;
  readonly found: string;
  readonly allowed: string;
  readonly count: number;
  /** The first few rows, counted from 0 without a header. */
  readonly rows: readonly number[];
}
