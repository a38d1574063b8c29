import { splitRows } from '../../model/training/split.ts';
import type { EvaluatedRows, TrainingSpec } from '../../model/spec.ts';
import { AppError } from '../../errors.ts';
import type { EvaluatePayload } from '../../queue/jobs.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';

/**
 * Numbers of the rows that are evaluated, rising, and of those that a training of the model draws from. A data set that the
 * model was not trained on is split at its test rows. Errors: data_invalid where there are none.
 */
export function evaluatedRows(
  { evaluation, datasetId }: EvaluatePayload,
  record: ModelRecord,
  { rows, test_rows: testRows }: DatasetRecord,
): { readonly rows: Uint32Array; readonly train: Uint32Array } {
  const { validation_fraction: fraction, seed } = record.training as TrainingSpec;
  const split = splitRows(rows, testRows, datasetId === record.dataset_id ? fraction : 0, seed);
  const kinds: Record<EvaluatedRows, () => Uint32Array> = {
    test: () => split.validation,
    train: () => split.train,
    all: () => Uint32Array.from({ length: rows }, (_, i) => i),
  };
  const chosen = kinds[evaluation.rows]().subarray(0, evaluation.limit ?? rows);
  if (chosen.length > 0) return { rows: chosen, train: split.train };
  throw AppError.of('data_invalid', {
    where: '/rows',
    found: `no ${evaluation.rows} rows in ${datasetId}`,
    allowed: 'all, or a data set with test rows',
  });
}
