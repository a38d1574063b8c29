import type { Readable } from 'node:stream';
import type { DatasetProfile } from '../model/dataset.ts';

export const DATASET_FORMATS = ['idx', 'npy', 'csv'] as const;
export type DatasetFormat = (typeof DATASET_FORMATS)[number];

/** dataset.json: what is known of a data set. Rows are fixed-size, row-major, the test rows (if any) last. */
export interface DatasetRecord {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly format: DatasetFormat;
  /** All rows, test rows included. */
  readonly rows: number;
  /** Rows at the end that are the data set's own test set; 0 where it has none. */
  readonly test_rows: number;
  /** Shape of one row, e.g. [28, 28]; images when it has 2 axes. */
  readonly row_shape: readonly number[];
  /** Elements of one row: the product of row_shape. */
  readonly data_size: number;
  /** How elements are stored; a value is stored * scale. */
  readonly dtype: 'uint8' | 'float32';
  readonly scale: number;
  /** Range of the values (after scale) that are there; others are NaN. */
  readonly minimum: number;
  readonly maximum: number;
  readonly sha256: string;
  readonly bytes: number;
  /** Whether the first row of a CSV file was taken for the columns' names; null of other files. */
  readonly header: boolean | null;
  /** What the values look like; null of data sets that were stored before there were profiles. */
  readonly profile: DatasetProfile | null;
}

export interface DatasetUpload {
  readonly name: string;
  /** Told from the first bytes (gzip, idx, npy; else csv) where absent. */
  readonly format?: DatasetFormat;
  /** A value is stored * scale. Default: 1/255 for uint8 with values above 1, else 1. */
  readonly scale?: number;
  /** How many of the last rows are test rows. Default 0. */
  readonly testRows?: number;
  /** CSV: whether the first row names the columns. Default: as it looks. */
  readonly header?: boolean;
}

/** Rows of one data set for reading. `values` are stored values (multiply by record.scale). */
export interface RowReader {
  readonly record: DatasetRecord;
  /** Copies rows `indices` into `out` one after another (out.length >= indices.length * data_size; type as record.dtype). */
  readRows(indices: ArrayLike<number>, out: Uint8Array | Float32Array): void;
  close(): Promise<void>;
}

export interface DatasetStore {
  /** Reads, checks and stores an upload (gzip recognised by its magic bytes). Errors: data_invalid, too_large; nothing is written then. */
  create(source: Readable, upload: DatasetUpload): Promise<DatasetRecord>;
  /** Errors: dataset_not_found, id_invalid. The built-in `mnist` is always there. */
  get(id: string): Promise<DatasetRecord>;
  /** Newest last; the built-in ones first. */
  list(page: { limit: number; after?: string }): Promise<{ records: DatasetRecord[]; hasMore: boolean }>;
  /** Rows are held in memory up to a limit, read from the blob beyond it, and always so unless `inMemory`. */
  openRows(id: string, options?: { inMemory?: boolean }): Promise<RowReader>;
  /** The class of each row, the test rows' too; null where they are not known. */
  labels(id: string): Promise<Uint8Array | null>;
}
