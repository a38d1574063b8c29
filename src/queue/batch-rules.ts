import type { Inputs, Operation, RowOperation } from './operations.ts';

/** How requests for one operation share a run. */
interface BatchRule<Name extends RowOperation> {
  /** Whether each row depends on nothing but itself. Noise usually depends on its position. */
  readonly isIndependent: (input: Inputs[Name]) => boolean;
  /** Most rows of a run, so that small requests need not wait long for large ones. */
  readonly mostRows: number;
  /** Arrays of the output that do not have one element for each row along their first axis. */
  readonly shared: readonly string[];
}
export type BatchRules = { readonly [Name in RowOperation]: BatchRule<Name> | null };

const always = () => true;
/** Each row takes dozens of draws of z. */
const ROWS_WITH_DRAWS = 64;

export const BATCH_RULES: BatchRules = {
  encode: { isIndependent: ({ draws }) => draws === 0, mostRows: 512, shared: [] },
  decode: { isIndependent: always, mostRows: 512, shared: [] },
  reconstruct: { isIndependent: always, mostRows: 512, shared: [] },
  score: {
    isIndependent: always,
    mostRows: ROWS_WITH_DRAWS,
    shared: ['calibration_rows', 'uncalibrated', 'column_rows'],
  },
  impute: { isIndependent: ({ draws }) => draws === 0, mostRows: ROWS_WITH_DRAWS, shared: [] },
  elbo: null,
  log_marginal_likelihood: null,
};

/** The rule for an order; null if it has to run by itself. */
export function findBatchRule(
  operation: Operation,
  input: Inputs[Operation],
): BatchRule<RowOperation> | null {
  if (!(operation in BATCH_RULES)) return null;
  // The table pairs each operation with its input.
  const rule = BATCH_RULES[operation as RowOperation] as BatchRule<RowOperation> | null;
  return rule?.isIndependent(input as Inputs[RowOperation]) ? rule : null;
}
