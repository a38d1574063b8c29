import type { Readable } from 'node:stream';
import type { Cell, Role } from '../model/table.ts';
import type { DatasetFormat, DatasetRecord } from './records/dataset-record.ts';

export type { DatasetRecord };

export interface DatasetUpload {
  readonly name: string;
  /** Default: recognised by the first bytes (gzip, idx, npy; otherwise csv). */
  readonly format?: DatasetFormat;
  /** A value is stored * scale. Default: 1/255 for uint8 with values above 1, else 1. */
  readonly scale?: number;
  /** How many of the last rows are test rows. Default 0. */
  readonly testRows?: number;
  /** Roles of columns, by name, in place of those that are detected. */
  readonly columns?: Readonly<Record<string, Role>>;
  /** Text without a byte order mark: its encoding. Default: UTF-8. */
  readonly encoding?: string;
  /** Words that mean a missing value in a table, besides an empty cell. Default: the usual ones. */
  readonly missing?: readonly string[];
  /** The data set whose stored upload this is. */
  readonly derivedFrom?: string;
  /** CSV: whether the first row names the columns. Default: guessed from what it holds. */
  readonly header?: boolean;
}

export interface RoleChange {
  /** Default: that of the other data set. */
  readonly name?: string;
  readonly columns: Readonly<Record<string, Role>>;
}

/** Settings that are known at once, or, if a form may name some of them after its file, when all of it has been read. */
export type UploadSettings = DatasetUpload | (() => Promise<DatasetUpload>);

/** Rows of one data set for reading. `values` are stored values (multiply by record.scale). */
export interface RowReader {
  readonly record: DatasetRecord;
  /** Copies the rows `indices` into `out` one after another (out.length >= indices.length * data_size; type as record.dtype). */
  readRows(indices: ArrayLike<number>, out: Uint8Array | Float32Array): Promise<void>;
  /** Whether rows are read from a file in other threads, so that it pays to ask for them early. */
  readonly readsFile?: boolean;
  close(): Promise<void>;
}

/** Rows from `first` on. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** An upload as it came. Whoever starts to read the pieces has to go on to the end, or to end the iteration. */
export interface SourceBytes {
  readonly record: DatasetRecord;
  readonly bytes: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface DatasetStore {
  /**
   * Stores an upload, then reads and checks it (gzip is recognised by its magic bytes). Errors: data_invalid, too_large,
   * validation_failed, upload_too_slow, or the signal's reason if it aborts; then nothing is kept.
   */
  create(source: Readable, upload: UploadSettings, signal?: AbortSignal): Promise<DatasetRecord>;
  /**
   * Makes a new data set from the stored upload of another, with other roles of columns; all other settings stay. Errors:
   * no_source, those of get and create.
   */
  derive(id: string, change: RoleChange, signal?: AbortSignal): Promise<DatasetRecord>;
  /** Errors: dataset_not_found, id_invalid. The built-in `mnist` always exists. */
  get(id: string): Promise<DatasetRecord>;
  /** Removes a data set and its files, even if its record is damaged. Errors: dataset_not_found, id_invalid, dataset_built_in. */
  remove(id: string): Promise<void>;
  /** Newest last; the built-in ones first. */
  list(page: { limit: number; after?: string }): Promise<{ records: DatasetRecord[]; hasMore: boolean }>;
  /**
   * Holds the rows in memory if `inMemory` (the default) and they are below a limit; otherwise reads them from the blob. Without
   * `verify` (default: true) only the size of the blob is checked, so that opening it reads nothing.
   */
  openRows(id: string, options?: { inMemory?: boolean; verify?: boolean }): Promise<RowReader>;
  /** The class of each row, including test rows: from 0, or below 0 if it is not known; null if no classes are. */
  readLabels(id: string, range?: RowRange): Promise<Uint8Array | Int32Array | null>;
  /** The cells of the id columns in these rows, in the order of `table`; null if there are no such columns. Errors: blob_corrupt. */
  readIds(id: string, rows: Iterable<number>): Promise<Cell[][] | null>;
  /** The upload, byte for byte. Errors: upload_not_kept, dataset_not_found, id_invalid. */
  openSource(id: string): Promise<SourceBytes>;
}
