import type { Cell } from '../../../model/table.ts';

/** Files that the service writes, piece by piece: rows of one piece need nothing from those of another. */
export interface FileWriter {
  /** Bytes before the first row of a file that will have this many rows. */
  head(rows: number): Uint8Array;
  piece(rows: readonly OutputRow[]): OutputPiece;
  /** Bytes after the last row. */
  tail(pieces: readonly StoredPiece[]): Uint8Array;
}

export type OutputRow = readonly Cell[];

export interface OutputPiece {
  readonly bytes: Uint8Array;
  /** What the end of the file has to know about the piece, if anything. */
  readonly note: string | null;
}

/** What is known about a piece that has been written. */
export interface StoredPiece {
  readonly bytes: number;
  readonly rows: number;
  readonly note: string | null;
}
