import type { Cell } from '../../model/table.ts';

export interface LikelyWord {
  readonly word: Cell;
  readonly probability: number;
}

/** What the service would have expected in a column, given the other columns of the row. */
export type Expected =
  | {
      readonly kind: 'interval';
      readonly median: Cell;
      /** Ends of the 90 % interval. */
      readonly low: Cell;
      readonly high: Cell;
      /** Of a datetime, for each part that is modelled, such as weekday: the likeliest. */
      readonly parts: readonly (LikelyWord & { readonly part: string })[];
    }
  | {
      readonly kind: 'words';
      /** The likeliest first. */
      readonly words: readonly LikelyWord[];
    };

export interface ColumnVerdict {
  readonly column: string;
  /** Share of the row's strangeness, 0 to 1. */
  readonly share: number;
  /** Null if the service cannot say. */
  readonly expected: Expected | null;
}

/** What the service says about a row. */
export interface Verdict {
  /** -log p(x) in nats. */
  readonly score: number;
  /** Null if the model has no rows to compare with. */
  readonly pValue: number | null;
  readonly flagged: boolean | null;
  /** Modelled columns, those with the largest share first. */
  readonly columns: readonly ColumnVerdict[];
}
