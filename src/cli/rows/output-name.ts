import { stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { OutputFormat } from '../../model/specification.ts';
import { OUTPUTS } from '../../store/formats/output/output.ts';
import { UsageError } from '../usage-error.ts';
import type { RowColumn } from './row-columns.ts';

/** Where rows go. */
export interface Target {
  /** Null is standard output. */
  readonly path: string | null;
  readonly format: OutputFormat;
}

const ENDINGS: Readonly<Record<string, OutputFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.npy': 'npy',
  '.parquet': 'parquet',
};

/** CSV to standard output without a path. Errors: UsageError for an ending that says nothing, or a folder that is not there. */
export async function chooseTarget(path: string | undefined): Promise<Target> {
  if (path === undefined) return { path: null, format: 'csv' };
  const format = ENDINGS[extname(path).toLowerCase()];
  if (format === undefined) {
    throw new UsageError(
      `--output must end in ${Object.keys(ENDINGS).join(', ')}, which names the format; found "${path}".`,
    );
  }
  const folder = await stat(dirname(path)).catch(() => null);
  if (folder?.isDirectory() !== true) throw new UsageError(`There is no folder ${dirname(path)}.`);
  const old = await stat(path).catch(() => null);
  if (old !== null && !old.isFile()) throw new UsageError(`--output ${path} is there and is no file.`);
  return { path, format };
}

/** Errors: UsageError that names a column of text, if the format has none. */
export function checkColumns({ format }: Target, columns: readonly RowColumn[], hint = ''): void {
  const text = OUTPUTS[format].hasText ? undefined : columns.find(({ kind }) => kind === 'text');
  if (text === undefined) return;
  throw new UsageError(
    `A .${format} file holds numbers only, but column ${text.name} is text: name a file that ends in .csv, .jsonl or .parquet${hint}.`,
  );
}
