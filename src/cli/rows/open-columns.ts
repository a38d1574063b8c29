import { valueDomain, type LikelihoodSpec } from '../../model/specification.ts';
import { groupFeatures, type TableSchema } from '../../model/table.ts';

export const MASKING_ADVICE =
  'To let any column be missing, train again with "masking": {"name": "random"}, the default for tables.';

export interface SplitColumns {
  /** Names of the columns whose values may be missing. */
  readonly open: readonly string[];
  /** Those of the other columns that the model uses. */
  readonly whole: readonly string[];
}

export function splitColumns(table: TableSchema, likelihood: LikelihoodSpec): SplitColumns {
  const columns = [...groupFeatures(table)].map(([column, [first = 0]]) => ({
    name: table.columns[column]?.name ?? '',
    isOpen: valueDomain(likelihood, first).missing,
  }));
  const list = (isOpen: boolean): string[] =>
    columns.filter((column) => column.isOpen === isOpen).map(({ name }) => name);
  return { open: list(true), whole: list(false) };
}
