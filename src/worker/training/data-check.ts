import { AppError } from '../../errors.ts';
import { columnName, createRowCheck, needsRowCheck } from '../../model/dataset.ts';
import type { LikelihoodSpec } from '../../model/specification.ts';
import type { RowReader } from '../../store/datasets.ts';

const ROWS_AT_ONCE = 256;

/** Rows `first` to `end - 1` of a data set. */
interface RowRange {
  readonly first: number;
  readonly end: number;
}

/**
 * Checks these rows one by one if the profile of the data set cannot tell whether the likelihood explains them. Errors:
 * data_invalid with row and column.
 */
export async function checkRows(
  reader: RowReader,
  likelihood: LikelihoodSpec,
  { first, end }: RowRange,
): Promise<void> {
  const { id, profile, data_size: size, dtype, scale } = reader.record;
  if (!needsRowCheck(likelihood, profile)) return;
  const check = createRowCheck(likelihood, size, scale);
  for (let start = first; start < end; start += ROWS_AT_ONCE) {
    const indices = Uint32Array.from({ length: Math.min(ROWS_AT_ONCE, end - start) }, (_, i) => start + i);
    const length = indices.length * size;
    const stored = dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
    await reader.readRows(indices, stored);
    const problem = check(stored);
    if (problem === null) continue;
    const name = profile?.per_column === true ? profile.columns[problem.column]?.name : undefined;
    const where = `row ${start + problem.row + 1}, ${name ?? columnName(problem.column)} of ${id}`;
    throw AppError.of('data_invalid', { where, found: problem.found, allowed: problem.allowed });
  }
}
