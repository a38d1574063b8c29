import type { Inference } from '../../model/evaluation/compiled-model.ts';
import { splitRows } from '../../model/dataset.ts';
import type { FloatArrays } from '../../model/runtime/runtime.ts';
import {
  CalibrationCollector,
  countCalibrationRows,
  countSurpriseRows,
  spreadOver,
  type Calibration,
} from '../../model/scoring/calibration.ts';
import type { Columns } from '../../model/scoring/leave-one-out.ts';
import type { RowReader } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';
import { readValues } from '../row-values.ts';
import { columnsOf, findSurprises } from './columns.ts';

const ROWS_AT_ONCE = 512;

export interface CalibrationSubject {
  readonly inference: Inference;
  readonly parameters: FloatArrays;
  readonly record: ModelRecord;
  readonly reader: RowReader;
  /** Called between batches; may throw to end the work. */
  readonly check?: () => void;
}

/**
 * Scores the validation rows as rows of a request are scored: at most 2,000 of them, spread evenly, and not
 * binarized. Null if the training used none.
 */
export async function calibrate(subject: CalibrationSubject): Promise<Calibration | null> {
  const { record, reader } = subject;
  const { validation } = splitRows(reader.record, record.training, record.split);
  if (validation.length === 0) return null;
  const columns = columnsOf(record);
  const collector = new CalibrationCollector(columns.length);
  const rows = spreadOver(validation, countCalibrationRows(validation.length, columns.length));
  const detailed = new Set(spreadOver(rows, countSurpriseRows(rows.length, columns.length)));
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    subject.check?.();
    await collect(subject, columns, rows.subarray(start, start + ROWS_AT_ONCE), detailed, collector);
  }
  return collector.finish();
}

async function collect(
  { inference, parameters, reader }: CalibrationSubject,
  columns: Columns,
  numbers: Uint32Array,
  detailed: ReadonlySet<number>,
  collector: CalibrationCollector,
): Promise<void> {
  const values = await readValues(reader, numbers);
  await inference.scoreRows(parameters, values, { columns, details: [] }, (scored) => {
    collector.addScore(scored.score);
    if (detailed.has(numbers[scored.row] ?? NaN)) {
      collector.addSurprises(findSurprises(scored, values, columns));
    }
  });
}
