import type { Cell } from '../../../model/table.ts';

/** Files that the service writes, piece by piece: rows of one piece need nothing from those of another. */
export interface FileWriter {
  /** Bytes before the first row of a file that will have this many rows. */
  head(rows: number): Uint8Array;
  openPiece(): PieceWriter;
  /** Bytes after the last row. */
  tail(pieces: readonly StoredPiece[]): Uint8Array;
}

export type OutputRow = readonly Cell[];

/** Takes the rows of one piece, some at a time: only their bytes are kept where the format allows it. */
export interface PieceWriter {
  add(rows: readonly OutputRow[]): void;
  finish(): OutputPiece;
}

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

export function writePiece(writer: FileWriter, rows: readonly OutputRow[]): OutputPiece {
  const piece = writer.openPiece();
  piece.add(rows);
  return piece.finish();
}

/** A piece of a format in which rows follow each other and nothing else. */
export function joinBytes(encode: (rows: readonly OutputRow[]) => Uint8Array): PieceWriter {
  const written: Uint8Array[] = [];
  return {
    add: (rows) => {
      written.push(encode(rows));
    },
    finish: () => {
      const [first, ...others] = written;
      return { bytes: first && others.length === 0 ? first : Buffer.concat(written), note: null };
    },
  };
}
