import type { Readable } from 'node:stream';
import type { DatasetFormat, DatasetRecord } from './records/dataset-record.ts';

export type { DatasetRecord };

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
  /** Copies the rows `indices` into `out` one after another (out.length >= indices.length * data_size; type as record.dtype). */
  readRows(indices: ArrayLike<number>, out: Uint8Array | Float32Array): Promise<void>;
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
