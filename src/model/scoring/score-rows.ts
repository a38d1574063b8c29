import { oneHotGroups, SCORE_DRAWS, type LikelihoodSpec } from '../specification.ts';
import { LeaveOneOut, type Columns, type RowScore } from './leave-one-out.ts';
import { weighRows, type Details, type WeighOrder } from './weigh-rows.ts';

/**
 * Changes whenever the numbers of a row may change: scores can only be compared with a calibration of the same estimator.
 */
export const ESTIMATOR_VERSION = 1;

/** One row, scored. */
export interface ScoredRow extends RowScore {
  /** Number of the row. */
  readonly row: number;
  /** For this row, until the next one is visited. */
  readonly leaveOneOut: LeaveOneOut;
  readonly details: Details;
}

export interface ScoreOrder extends Omit<WeighOrder, 'rounds'> {
  readonly columns: Columns;
}

/** Scores rows and calls `visit` for each in turn. */
export async function scoreRows(order: ScoreOrder, visit: (row: ScoredRow) => void): Promise<void> {
  const leaveOneOut = new LeaveOneOut(order.columns, SCORE_DRAWS);
  await weighRows(order, ({ row, details, ...draws }) => {
    visit({ row, ...leaveOneOut.weigh(draws), leaveOneOut, details });
  });
}

/** Columns whose features are their own: one for each term of the likelihood. */
export function separateColumns(likelihood: LikelihoodSpec, dataSize: number): Columns {
  const count = oneHotGroups(likelihood)?.length ?? dataSize;
  return Array.from({ length: count }, (_, feature) => [feature]);
}
