import { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import type { Cell } from '../../model/table.ts';
import { openContents, type Contents } from '../../store/contents/contents.ts';
import { writeContents } from '../../store/contents/write-contents.ts';
import type { DatasetRecord, RowRange } from '../../store/datasets.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../model/specification.ts';
import { OUTPUTS } from '../../store/formats/output/output.ts';
import { HttpError } from '../http/http-error.ts';
import { BINARY_TYPE, JSON_TYPE } from '../http/media.ts';
import { negotiate } from '../http/negotiation.ts';
import { checkValues } from '../inference/rows.ts';
import type { ApiOptions } from '../types.ts';
import type { DatasetRows, DownloadFormat, RowsQuery } from './content-schemas.ts';

/** An answer that is sent as it is made, or JSON. */
export interface RowsAnswer {
  readonly type: string;
  readonly content: DatasetRows | Readable;
  /** The query of the rows after these; null if there are none. */
  readonly next: string | null;
}

/** A few rows of a data set. Errors: dataset_not_found, id_invalid, not_acceptable, too_large, validation_failed. */
export async function readDatasetRows(
  api: ApiOptions,
  id: string,
  query: RowsQuery,
  accept: string | undefined,
): Promise<RowsAnswer> {
  const format = query.format ?? chooseFormat(accept);
  const contents = await openContents(api.store.datasets, id, { verify: false });
  return keepOpen(contents, async () => {
    const range = chooseRange(contents.record, query);
    checkValues('The answer', range.count * contents.columns.length, api.config.maxInferenceValues);
    const next = describeNext(contents.record, range, query);
    if (format === 'json') return { type: JSON_TYPE, content: await presentRows(contents, range), next };
    checkFormat(contents, format);
    return { type: OUTPUTS[format].mediaType, content: streamRows(contents, format, range), next };
  });
}

export interface Download {
  readonly type: string;
  readonly filename: string;
  readonly content: Readable;
  /** null if it is not known before the end. */
  readonly bytes: number | null;
}

/** A whole data set as a file. Errors: dataset_not_found, id_invalid, not_acceptable, upload_not_kept, blob_corrupt. */
export async function downloadDataset(
  api: ApiOptions,
  id: string,
  format: DownloadFormat,
): Promise<Download> {
  if (format === 'source') return downloadSource(api, id);
  const contents = await openContents(api.store.datasets, id, { verify: true });
  return keepOpen(contents, async () => {
    checkFormat(contents, format);
    const { record } = contents;
    const content = streamRows(contents, format, { first: 0, count: record.rows });
    const filename = `${cutExtension(record.name)}.${format}`;
    return { type: OUTPUTS[format].mediaType, filename, content, bytes: null };
  });
}

async function downloadSource(api: ApiOptions, id: string): Promise<Download> {
  const { record, bytes, pieces } = await api.store.datasets.openSource(id);
  const hasExtension = cutExtension(record.name) !== record.name;
  const filename = hasExtension
    ? record.name
    : `${record.name}.${SOURCE_EXTENSIONS[record.format] ?? record.format}`;
  return { type: BINARY_TYPE, filename, content: Readable.from(pieces, { objectMode: false }), bytes };
}

/** Where the extension is not the name of the format. */
const SOURCE_EXTENSIONS: Partial<Record<DatasetRecord['format'], string>> = { json_lines: 'jsonl' };

const cutExtension = (name: string): string =>
  name.replace(/\.(?:csv|tsv|txt|jsonl?|ndjson|parquet|npy|npz|idx|zip)(?:\.gz)?$/i, '');

/** Closes the contents unless a stream does, which reads from them later. */
async function keepOpen<Answer extends { readonly content: unknown }>(
  contents: Contents,
  work: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Answer | null = null;
  try {
    answer = await work();
    return answer;
  } finally {
    if (!(answer?.content instanceof Readable)) await contents.close();
  }
}

/** Errors: not_acceptable. */
function chooseFormat(accept: string | undefined): RowsQuery['format'] & string {
  const types = new Map(OUTPUT_FORMATS.map((name) => [OUTPUTS[name].mediaType.split(';', 1)[0] ?? '', name]));
  return types.get(negotiate(accept, [JSON_TYPE, ...types.keys()])) ?? 'json';
}

/** Errors: validation_failed if the data set has no such row. */
export function chooseRange(
  { rows }: DatasetRecord,
  { from, limit }: Pick<RowsQuery, 'from' | 'limit'>,
): RowRange {
  if (from < rows) return { first: from, count: Math.min(limit, rows - from) };
  const problems = [{ pointer: 'from', detail: `found ${from}; allowed: 0 to ${rows - 1}` }];
  throw AppError.of('validation_failed', { what: 'The query' }, { problems });
}

/** Errors: not_acceptable if the format cannot hold the words of a table. */
function checkFormat({ columns }: Contents, format: OutputFormat): void {
  const words = columns.filter(({ kind }) => kind === 'text').map(({ name }) => name);
  if (OUTPUTS[format].hasText || words.length === 0) return;
  const shown = words.slice(0, 5).join(', ') + (words.length > 5 ? ', ...' : '');
  const others = OUTPUT_FORMATS.filter((name) => OUTPUTS[name].hasText).join(', ');
  throw new HttpError('not_acceptable', {
    detail: `Columns of words or dates (${shown}) cannot be written as ${format}; available: ${others}.`,
  });
}

async function presentRows(contents: Contents, range: RowRange): Promise<DatasetRows> {
  const { record, columns } = contents;
  const data: Cell[][] = [];
  for await (const slice of contents.readCells(range)) data.push(...slice);
  return {
    dataset_id: record.id,
    rows: record.rows,
    from: range.first,
    ...(record.table !== null && { columns: columns.map(({ name }) => name) }),
    data,
    has_more: range.first + range.count < record.rows,
  };
}

function describeNext({ rows }: DatasetRecord, { first, count }: RowRange, query: RowsQuery): string | null {
  const from = first + count;
  if (from >= rows) return null;
  const fields = Object.entries({ ...query, from }).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(Object.fromEntries(fields) as Record<string, string>).toString();
}

/** Reads on only as fast as the client does, and ends when it hangs up. */
function streamRows(contents: Contents, format: OutputFormat, range: RowRange): Readable {
  const content = Readable.from(writeContents(contents, format, range), { objectMode: false });
  return content.once('close', () => void contents.close());
}
