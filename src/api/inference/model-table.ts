import { findTable } from '../../model/dataset.ts';
import { listFeatures, listModelledColumns, shortenFloat32, type TableSchema } from '../../model/table.ts';
import type { ModelRecord } from '../../store/models.ts';

/** The names of the columns in rows of answers, for tables only. */
export function nameColumns(record: ModelRecord): { columns?: string[] } {
  const table = findTable(record);
  if (table === null) return {};
  return { columns: listModelledColumns(table).map((index) => table.columns[index]?.name ?? '') };
}

/**
 * Adds the terms of the parts of each column, such as time and weekday: one term for each modelled column, null if its value is
 * missing.
 */
export function sumParts(
  table: TableSchema,
  terms: Float32Array,
  isMissing: (feature: number) => boolean,
): (number | null)[] {
  const sums = new Map<number, number | null>();
  listFeatures(table).forEach(({ column }, feature) => {
    const sum = sums.get(column) ?? 0;
    sums.set(column, isMissing(feature) ? null : sum + (terms[feature] ?? 0));
  });
  return [...sums.values()].map((sum) => (sum === null ? null : shortenFloat32(Math.fround(sum))));
}
