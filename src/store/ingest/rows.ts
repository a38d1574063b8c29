import type { FileFormat } from '../formats/file.ts';
import type { RowKind } from '../value-measures.ts';

/** The rows of an upload as they will be stored. */
export interface IngestRows extends RowKind {
  readonly format: FileFormat;
  /** Whether a CSV file's first row was read as column names; null for other formats. */
  readonly header: boolean | null;
  /** All values, row after row. To be read once; what is kept beside them is written meanwhile. */
  readonly pieces: AsyncIterable<Uint8Array | Float32Array>;
  /** To be called in any case. */
  close(): Promise<void>;
}
