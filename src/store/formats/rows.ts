import type { ByteReader } from './byte-reader.ts';

/** The rows of an upload, as a stream. */
export interface RowStream {
  readonly rowShape: readonly number[];
  /** Elements of one row. */
  readonly dataSize: number;
  readonly dtype: 'uint8' | 'float32';
  /** What the file says about its columns, if it is a table. */
  readonly table?: TableFacts;
  /** All values, row after row, cut anywhere between values; ends with a whole row. Errors: data_invalid, too_large. */
  readonly pieces: AsyncIterable<Uint8Array | Float32Array>;
}

export interface TableFacts {
  /** Whether the first row was read as column names. */
  readonly header: boolean;
  /** Null if there are none, or too many. */
  readonly names: readonly string[] | null;
  /** For each column the word of each code, or null if it has numbers. Call it after all pieces were read. */
  readonly labels: () => readonly (readonly string[] | null)[];
}

export interface RowLimits {
  /** Largest size of all rows as they will be stored. */
  readonly maxStoredBytes: number;
}

export interface RowSettings extends RowLimits {
  /** Whether the first row of a table names its columns. Default: guessed. */
  readonly header?: boolean;
}

/** A file format of data sets. */
export interface RowFormat {
  /** Whether a file that begins like this claims to be of this format. */
  readonly recognises: (head: Uint8Array) => boolean;
  /** Reads as far as the shape of a row is known. Errors: data_invalid, too_large. */
  readonly open: (reader: ByteReader, settings: RowSettings) => Promise<RowStream>;
}

export const ROW_FORMATS = ['idx', 'npy', 'csv'] as const;
export type RowFormatName = (typeof ROW_FORMATS)[number];
export type RowFormats = { readonly [Format in RowFormatName]: RowFormat };
