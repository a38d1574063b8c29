import { isPerColumn } from '../../model/dataset.ts';
import { createRowEncoder, DEFAULT_MISSING_MARKS, type TableColumn } from '../../model/table.ts';
import type { DatasetUpload } from '../datasets.ts';
import type { TableFile } from '../formats/file.ts';
import { encodeBatches } from './encode-batches.ts';
import type { IngestRows } from './rows.ts';

/** Reads a table as an array of numbers [rows, columns]; missing values are NaN. Errors: data_invalid for words. */
export function readNumbers(file: TableFile, { missing = DEFAULT_MISSING_MARKS }: DatasetUpload): IngestRows {
  const { format, header, width, names } = file;
  const columns = Array.from({ length: width }, (_, i) => toNumber(names?.[i] ?? `column_${i + 1}`));
  const encode = createRowEncoder({ columns, missing_marks: [...missing] });
  return {
    format,
    header,
    rowShape: [width],
    dataSize: width,
    dtype: 'float32',
    table: null,
    names: isPerColumn([width]) ? names : null,
    pieces: encodeBatches(file, { encode, width, names: columns.map(({ name }) => name) }),
    close: () => file.close(),
  };
}

const toNumber = (name: string): TableColumn => ({
  name,
  role: 'number',
  reason: 'the file is read as an array',
  missing: 0,
  format: { decimal: '.', grouping: null, unit: null },
  decimals: 0,
  offset: 0,
  also_missing: [],
});
