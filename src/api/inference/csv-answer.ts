import { columnName } from '../../model/dataset.ts';
import type { Cell } from '../../model/table.ts';
import type { ModelRecord } from '../../store/models.ts';
import { openOutput } from '../../store/formats/output/output.ts';
import { writePiece } from '../../store/formats/output/writer.ts';
import { CSV_TYPE } from '../http/media.ts';
import { nameColumns } from './model-table.ts';

/** Rows of a model as CSV; elements of arrays are numbered. */
export interface CsvAnswer {
  readonly type: typeof CSV_CONTENT_TYPE;
  readonly content: string;
}

const CSV_CONTENT_TYPE = `${CSV_TYPE}; charset=utf-8`;

export function answerCsv(record: ModelRecord, rows: readonly (readonly Cell[])[]): CsvAnswer {
  const { columns } = nameColumns(record);
  const names = columns ?? Array.from({ length: record.data_size }, (_, i) => columnName(i));
  const output = openOutput(
    'csv',
    names.map((name) => ({ name, kind: 'text' })),
  );
  const parts = [output.head(rows.length), writePiece(output, rows).bytes];
  return { type: CSV_CONTENT_TYPE, content: Buffer.concat(parts).toString('utf8') };
}
