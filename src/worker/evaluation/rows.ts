import { splitRows, type Split } from '../../model/training/split.ts';
import type { EvaluatedRows, TrainingSpec } from '../../model/specification.ts';
import { AppError } from '../../errors.ts';
import type { EvaluatePayload } from '../../queue/jobs.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';

/** As the training of the model split its data set; any other is split at its test rows. */
export function splitFor(record: ModelRecord, { id, rows, test_rows: testRows }: DatasetRecord): Split {
  const { validation_fraction: fraction, seed } = record.training as TrainingSpec;
  return splitRows(rows, testRows, id === record.dataset_id ? fraction : 0, seed);
}

/** Numbers of the rows that are evaluated, rising. Errors: data_invalid where there are none. */
export function evaluatedRows(
  { evaluation, datasetId }: EvaluatePayload,
  record: ModelRecord,
  dataset: DatasetRecord,
): Uint32Array {
  const split = splitFor(record, dataset);
  const kinds: Record<EvaluatedRows, () => Uint32Array> = {
    test: () => split.validation,
    train: () => split.train,
    all: () => Uint32Array.from({ length: dataset.rows }, (_, i) => i),
  };
  const chosen = kinds[evaluation.rows]().subarray(0, evaluation.limit ?? dataset.rows);
  if (chosen.length > 0) return chosen;
  throw AppError.of('data_invalid', {
    where: '/rows',
    found: `no ${evaluation.rows} rows in ${datasetId}`,
    allowed: 'all, or a data set with test rows',
  });
}
