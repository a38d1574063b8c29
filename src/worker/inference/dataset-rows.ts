import {
  findTestRowProblem,
  listFilledParts,
  resolvePart,
  selectRows,
  countParts,
  splitRows,
} from '../../model/dataset.ts';
import type { DatasetPart, SplitPart } from '../../model/specification.ts';
import type { FloatArray } from '../../model/runtime/runtime.ts';
import { AppError } from '../../errors.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { OpenDatasets } from '../open-datasets.ts';
import { readValues } from '../row-values.ts';

/** Rows of a model's data set by index: [indices, data_size]. Errors: data_invalid if there is no such row. */
export function readRows(
  datasets: OpenDatasets,
  model: ModelRecord,
  indices: readonly number[],
): Promise<FloatArray> {
  const id = model.dataset_id;
  return datasets.use(id, (reader) => {
    const { rows } = reader.record;
    checkTestRows(reader.record, model, indices);
    const missing = indices.find((index) => index >= rows);
    if (missing === undefined) return readValues(reader, Uint32Array.from(indices));
    throw AppError.of('data_invalid', {
      where: `row ${missing} of data set ${id}`,
      found: 'no such row',
      allowed: `0 to ${rows - 1}`,
    });
  });
}

/** A training does not check test rows. Errors: data_invalid for test rows that the likelihood does not explain. */
function checkTestRows(dataset: DatasetRecord, { model }: ModelRecord, rows: Iterable<number>): void {
  const first = dataset.rows - dataset.test_rows;
  const found = findTestRowProblem(model.likelihood, dataset.test_profile);
  if (found === null || [...rows].every((row) => row < first)) return;
  throw AppError.of('data_invalid', {
    where: 'rows',
    found: `test rows with ${found}, which the likelihood does not explain`,
    allowed: `rows 0 to ${first - 1}`,
  });
}

/** Numbers of at most `limit` rows of a part, spread evenly over it. Errors: data_invalid if the part is empty. */
export function selectSpreadRows(
  dataset: DatasetRecord,
  model: ModelRecord,
  asked: DatasetPart,
  limit: number,
): Uint32Array {
  const part = resolvePart(asked, { test: dataset.test_rows });
  const split = splitRows(dataset, model.training, model.split);
  const rows = selectRows(split, part);
  if (rows.length === 0) {
    const found = `no ${part} rows: ${EMPTY[part]}`;
    const allowed = listFilledParts(countParts(split)).join(', ');
    throw AppError.of('data_invalid', { where: 'rows', found, allowed });
  }
  const count = Math.min(limit, rows.length);
  const chosen = Uint32Array.from(
    { length: count },
    (_, i) => rows[Math.floor((i * rows.length) / count)] ?? 0,
  );
  checkTestRows(dataset, model, chosen);
  return chosen;
}

/** Why a part has no rows. */
const EMPTY: { readonly [Part in SplitPart]: string } = {
  test: 'the data set has none',
  validation: 'the training used none',
  train: 'the data set has none',
  all: 'the data set has none',
};
