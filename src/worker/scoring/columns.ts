import type { FloatArray } from '../../model/runtime/runtime.ts';
import type { Columns } from '../../model/scoring/leave-one-out.ts';
import { separateColumns, type ScoredRow } from '../../model/scoring/score-rows.ts';
import { listFeatures } from '../../model/table.ts';
import type { ModelRecord } from '../../store/models.ts';

/** The terms of each column: the features of a table's column, otherwise each term on its own. */
export function columnsOf({ table, model, data_size: size }: ModelRecord): Columns {
  if (table === null) return separateColumns(model.likelihood, size);
  const columns = new Map<number, number[]>();
  listFeatures(table).forEach(({ column }, feature) => {
    columns.set(column, [...(columns.get(column) ?? []), feature]);
  });
  return [...columns.values()];
}

/** The surprise of each column; NaN where the row has no value. */
export function findSurprises(
  { row, leaveOneOut }: ScoredRow,
  { shape, data }: FloatArray,
  columns: Columns,
): Float64Array {
  const [, size = 0] = shape;
  // One-hot groups have fewer terms than values, and no missing ones.
  const values = data.subarray(row * size, (row + 1) * size);
  return leaveOneOut
    .surprises()
    .map((surprise, column) =>
      (columns[column] ?? []).every((feature) => Number.isNaN(values[feature])) ? NaN : surprise,
    );
}
