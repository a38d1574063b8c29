import { countCodes, type ColumnSpec } from '../specification/likelihoods/mixed.ts';
import type { LikelihoodSpec } from '../specification/likelihood.ts';
import type { TableColumn, TableSchema } from '../table.ts';
import { isFlag } from './labels.ts';

/** As many as a number can have: none is rounded away. */
const ALL_DECIMALS = 20;

/**
 * The table of a model that was ordered before columns had roles: every column is modelled, as words or as numbers. Requests and
 * answers of old and new models thus have one path.
 */
export function createTableOfColumns(columns: readonly ColumnSpec[]): TableSchema {
  return { columns: columns.map(toTableColumn), missing_marks: [] };
}

function toTableColumn({ name, labels, likelihood, missing }: ColumnSpec): TableColumn {
  const common = { name, reason: 'the likelihood of the column says so', missing: missing ? 1 : 0 };
  if (labels && countCodes(likelihood) > 0) {
    const words = { ...common, labels: [...labels], cells: 'word' as const };
    return isFlag(labels) ? { ...words, role: 'flag' } : { ...words, role: 'category', other_share: 0 };
  }
  return {
    ...common,
    role: 'number',
    format: { decimal: '.', grouping: null, unit: null },
    decimals: ALL_DECIMALS,
    offset: 0,
    also_missing: [],
  };
}

/** The table whose rows a model reads and writes; null if its rows are arrays of numbers. */
export function findTable({
  table,
  model,
}: {
  readonly table: TableSchema | null;
  readonly model: { readonly likelihood: LikelihoodSpec };
}): TableSchema | null {
  if (table !== null) return table;
  return model.likelihood.family === 'mixed' ? createTableOfColumns(model.likelihood.columns) : null;
}
