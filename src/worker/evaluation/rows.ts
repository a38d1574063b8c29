import {
  findInfluences,
  listFilledParts,
  resolvePart,
  selectRows,
  countParts,
  splitRows,
  UNTRAINED,
  type Split,
} from '../../model/dataset.ts';
import type { Influence, SplitPart } from '../../model/specification.ts';
import { AppError } from '../../errors.ts';
import type { EvaluatePayload } from '../../queue/jobs.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';

/** The split that the model's training used. Of any other data set only the test rows are known. */
export function findSplit(record: ModelRecord, dataset: DatasetRecord): Split {
  return dataset.id === record.dataset_id
    ? splitRows(dataset, record.training, record.split)
    : splitRows(dataset, UNTRAINED, 'separate');
}

export interface EvaluatedRows {
  readonly part: SplitPart;
  /** Row numbers in ascending order. */
  readonly rows: Uint32Array;
  readonly influenced: readonly Influence[];
}

/** The rows that an evaluation asks for. Errors: data_invalid if there are none. */
export function selectEvaluatedRows(
  { evaluation, datasetId, checkpoint }: EvaluatePayload,
  record: ModelRecord,
  dataset: DatasetRecord,
): EvaluatedRows {
  const { training, split: rule } = record;
  const part = resolvePart(evaluation.rows, { test: dataset.test_rows });
  const split = findSplit(record, dataset);
  const rows = selectRows(split, part).subarray(0, evaluation.limit ?? dataset.rows);
  if (rows.length === 0) {
    throw AppError.of('data_invalid', {
      where: '/rows',
      found: `no ${part} rows in ${datasetId}`,
      allowed: listFilledParts(countParts(split)).join(', '),
    });
  }
  const own = datasetId === record.dataset_id;
  const influenced = own ? findInfluences(part, { training, rule, isBest: checkpoint === 'best' }) : [];
  return { part, rows, influenced };
}
