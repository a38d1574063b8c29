import type { OutputColumn, OutputFormat } from '../../../model/specification.ts';
import { csvOutput } from './csv.ts';
import { jsonlOutput } from './jsonl.ts';
import { npyOutput } from './npy.ts';
import { parquetOutput } from './parquet.ts';
import type { FileWriter } from './writer.ts';

interface OutputKind {
  readonly mediaType: string;
  /** Whether columns of text can be written. */
  readonly hasText: boolean;
  readonly open: (columns: readonly OutputColumn[]) => FileWriter;
}

export const OUTPUTS = {
  csv: { mediaType: 'text/csv; charset=utf-8', hasText: true, open: csvOutput },
  jsonl: { mediaType: 'application/x-ndjson', hasText: true, open: jsonlOutput },
  npy: { mediaType: 'application/x-npy', hasText: false, open: npyOutput },
  parquet: { mediaType: 'application/vnd.apache.parquet', hasText: true, open: parquetOutput },
} as const satisfies Readonly<Record<OutputFormat, OutputKind>>;

export const openOutput = (format: OutputFormat, columns: readonly OutputColumn[]): FileWriter =>
  OUTPUTS[format].open(columns);
