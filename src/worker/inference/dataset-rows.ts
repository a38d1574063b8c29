import { splitRows } from '../../model/training/split.ts';
import type { TrainingSpec } from '../../model/specification.ts';
import type { FloatArray } from '../../model/runtime/runtime.ts';
import { AppError } from '../../errors.ts';
import type { DatasetPart } from '../../queue/jobs.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { OpenDatasets } from '../open-datasets.ts';
import { readValues } from '../row-values.ts';

/** Rows of a data set by index: [indices, data_size]. Errors: data_invalid where there is no such row. */
export function readRows(
  datasets: OpenDatasets,
  id: string,
  indices: readonly number[],
): Promise<FloatArray> {
  return datasets.use(id, (reader) => {
    const { rows } = reader.record;
    const missing = indices.find((index) => index >= rows);
    if (missing === undefined) return readValues(reader, Uint32Array.from(indices));
    throw AppError.of('data_invalid', {
      where: `row ${missing} of data set ${id}`,
      found: 'no such row',
      allowed: `0 to ${rows - 1}`,
    });
  });
}

/** Indices of at most `limit` rows of a part, spread evenly over it. Errors: data_invalid where the part is empty. */
export function rowsOfPart(
  record: DatasetRecord,
  part: DatasetPart,
  limit: number,
  training: TrainingSpec,
): Uint32Array {
  const indices = part === 'all' ? null : splitOf(record, training)[part];
  const rows = indices?.length ?? record.rows;
  if (rows === 0) {
    const found = `no ${part} rows: the data set has none of its own, and the training held none out`;
    throw AppError.of('data_invalid', { where: 'rows', found, allowed: 'train, all' });
  }
  const count = Math.min(limit, rows);
  return Uint32Array.from({ length: count }, (_, i) => {
    const position = Math.floor((i * rows) / count);
    return indices?.[position] ?? position;
  });
}

function splitOf({ rows, test_rows: testRows }: DatasetRecord, training: TrainingSpec) {
  const { train, validation } = splitRows(rows, testRows, training.validation_fraction, training.seed);
  return { train, test: validation };
}
