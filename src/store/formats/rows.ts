import type { ByteReader } from './byte-reader.ts';

/** The rows of an array, as a stream. */
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

/** A format of a file that is a header and then the values of one array. */
export interface RowFormat {
  /** Whether a file that begins like this claims to be of this format. */
  readonly recognises: (head: Uint8Array) => boolean;
  /** Reads as far as the shape of a row is known. Errors: data_invalid, too_large. */
  readonly open: (reader: ByteReader, limits: RowLimits) => Promise<RowStream>;
}
