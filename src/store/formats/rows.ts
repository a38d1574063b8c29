import type { DatasetFormat } from '../datasets.ts';
import type { ByteReader } from './byte-reader.ts';

/** The rows of an upload while they are read. */
export interface RowStream {
  readonly rowShape: readonly number[];
  /** Elements of one row. */
  readonly dataSize: number;
  readonly dtype: 'uint8' | 'float32';
  /** All values, row after row, cut anywhere between values; ends with a whole row. Errors: data_invalid, too_large. */
  readonly pieces: AsyncIterable<Uint8Array | Float32Array>;
}

export interface RowLimits {
  /** Largest size of all rows as they will be stored. */
  readonly maxStoredBytes: number;
}

/** A file format of data sets. */
export interface RowFormat {
  /** Whether a file that begins like this claims to be of this format. */
  readonly recognises: (head: Uint8Array) => boolean;
  /** Reads as far as the shape of a row is known. Errors: data_invalid, too_large. */
  readonly open: (reader: ByteReader, limits: RowLimits) => Promise<RowStream>;
}

export type RowFormats = { readonly [Format in DatasetFormat]: RowFormat };
