import type { Cell } from '../../model/table.ts';
import type { RandomAccess } from '../driver.ts';
import type { FileProblems } from './file-problems.ts';
import type { RowStream } from './rows.ts';
import type { UploadLimits } from './limits.ts';

/** Formats of tables: rows of cells, whose columns can be anything. */
export const TABLE_FORMATS = ['csv', 'json_lines', 'json', 'parquet'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** Formats of one array [rows, ...row shape] of numbers, images among them. */
export const ARRAY_FORMATS = ['idx', 'npy', 'npz', 'png_zip'] as const;
export type ArrayFormat = (typeof ARRAY_FORMATS)[number];

export type FileFormat = TableFormat | ArrayFormat;

/** Dates are ISO text; whole numbers that lose digits as float64 (ids beyond 2^53) are text. Cells of a CSV file are text, as they are written. */
export type { Cell };

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** The bytes of a file: a stream that is read once, or a stored file. The caller closes a stored file. */
export type FileSource = AsyncIterable<Uint8Array> | RandomAccess;

export interface FileSettings {
  readonly limits: FileLimits;
  /** Default: recognised by the first bytes. */
  readonly format?: FileFormat;
  /** CSV: whether the first row names the columns. Default: guessed from what it holds. */
  readonly header?: boolean;
  /** CSV: what separates cells. Default: found in the first rows. */
  readonly delimiter?: Delimiter;
  /** Encoding of a text without a byte order mark, by its usual name (`charset` of a content type). Default: UTF-8. */
  readonly encoding?: string;
  /** Where a file that is needed at any place, but arrives as a stream or in gzip, is kept while it is open. Default: the system's. */
  readonly temporaryFolder?: string;
  /** Reading ends with too_large then. */
  readonly deadline?: Deadline;
  /** Reading ends with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface FileLimits extends UploadLimits {
  /** Default: {@link MAX_TABLE_ROWS}. */
  readonly maxRows?: number;
}

export const MAX_TABLE_ROWS = 20_000_000;

export interface Deadline {
  /** As of Date.now(). */
  readonly at: number;
  /** How long reading may take in all, for the message. */
  readonly seconds: number;
}

/** About a thousand rows. A cell's text may share memory with the whole batch: copy what is kept for long. */
export interface CellBatch {
  /** Each with as many cells as there are columns. */
  readonly rows: readonly (readonly Cell[])[];
  /** The number of each row for people: from 1, a CSV header, blank lines and rows left out included. */
  readonly numbers: readonly number[];
}

export interface TableFile {
  readonly kind: 'table';
  readonly format: TableFormat;
  /** Names of the columns, unique; null if the file has none. */
  readonly names: readonly string[] | null;
  /** Number of columns. */
  readonly width: number;
  /** CSV: what separates cells. */
  readonly delimiter?: Delimiter;
  /** Whether a CSV file's first row was read as column names; null for other formats. */
  readonly header: boolean | null;
  /**
   * To be read once. Rows with problems are left out; `problems` has all of them when the last batch was read. Ending the
   * loop early stops reading. Errors: data_invalid (nothing after can be read), too_large, the signal's reason.
   */
  readonly batches: AsyncIterable<CellBatch>;
  /** Shared by all readers of the file: add problems of cells, and end with `throwIfAny`. */
  readonly problems: FileProblems;
  /** Stops reading and removes what was written temporarily; to be called in any case. */
  close(): Promise<void>;
}

export interface ArrayFile extends RowStream {
  readonly kind: 'array';
  readonly format: ArrayFormat;
  /** Whole numbers that the file has beside the rows, one for each; null if there are none. Read after `pieces`. */
  readonly labels: (() => Promise<Int32Array>) | null;
  readonly problems: FileProblems;
  close(): Promise<void>;
}

export type OpenedFile = TableFile | ArrayFile;
