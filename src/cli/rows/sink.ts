import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { Cell } from '../../model/table.ts';
import { csvOutput } from '../../store/formats/output/csv.ts';
import type { OutputFormat } from '../../model/specification.ts';
import { openOutput } from '../../store/formats/output/output.ts';
import {
  writePiece,
  type FileWriter,
  type OutputRow,
  type StoredPiece,
} from '../../store/formats/output/writer.ts';
import { createCellWriter } from './output-cells.ts';
import type { RowColumn } from './row-columns.ts';
import type { Target } from './output-name.ts';

/** Takes rows, no faster than they are written. */
export interface RowSink {
  write(rows: readonly OutputRow[]): Promise<void>;
  /** The file is there, whole, when this resolves. */
  finish(): Promise<void>;
  /** Removes what was written; a file that was there before stays as it was. */
  abandon(): Promise<void>;
}

export interface SinkSettings {
  readonly columns: readonly RowColumn[];
  /** Between cells of a CSV file. */
  readonly delimiter: string;
  readonly signal: AbortSignal;
}

/** Opens a file, which gets its name when it is finished, or standard output. */
export async function openSink(target: Target, settings: SinkSettings): Promise<RowSink> {
  const { columns, delimiter } = settings;
  const writer = target.format === 'csv' ? csvOutput(columns, delimiter) : openOutput(target.format, columns);
  const bytes = target.path === null ? writeOut(settings.signal) : await createFile(target.path);
  return new PieceWriter(writer, bytes, target.format, columns);
}

/** Bytes one after the other. */
interface ByteTarget {
  write(bytes: Uint8Array): Promise<void>;
  /** Replaces the first bytes. */
  replaceHead(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** Pieces of Parquet are row groups, of which the end of the file has a list: they are made large. */
const LEAST_CELLS: { readonly [Format in OutputFormat]: number } = {
  csv: 0,
  jsonl: 0,
  npy: 0,
  parquet: 500_000,
};
const MOST_CHARACTERS = 2 ** 25;

class PieceWriter implements RowSink {
  readonly #writer: FileWriter;
  readonly #bytes: ByteTarget;
  readonly #cells: readonly ((cell: Cell) => Cell)[];
  readonly #leastCells: number;
  readonly #pieces: StoredPiece[] = [];
  #waiting: OutputRow[] = [];
  #characters = 0;
  #rows = 0;
  /** Null until it is written. The number of rows is known at the end: it is written once more then. */
  #head: Uint8Array | null = null;

  constructor(writer: FileWriter, bytes: ByteTarget, format: OutputFormat, columns: readonly RowColumn[]) {
    this.#writer = writer;
    this.#bytes = bytes;
    this.#cells = columns.map((column) => createCellWriter(format, column));
    this.#leastCells = LEAST_CELLS[format];
  }

  async write(rows: readonly OutputRow[]): Promise<void> {
    for (const row of rows) {
      const written = this.#cells.map((write, i) => write(row[i] ?? null));
      this.#waiting.push(written);
      for (const cell of written) if (typeof cell === 'string') this.#characters += cell.length;
    }
    const cells = this.#waiting.length * this.#cells.length;
    if (cells >= this.#leastCells || this.#characters >= MOST_CHARACTERS) await this.#flush();
  }

  async finish(): Promise<void> {
    await this.#flush();
    const before = await this.#begin();
    await this.#bytes.write(this.#writer.tail(this.#pieces));
    const head = this.#writer.head(this.#rows);
    if (head.length !== before.length) throw new RangeError('the size of the head depends on the rows');
    if (Buffer.compare(head, before) !== 0) await this.#bytes.replaceHead(head);
    await this.#bytes.finish();
  }

  abandon(): Promise<void> {
    return this.#bytes.abandon();
  }

  /** Not before there are rows: a command that fails at once prints nothing. */
  async #begin(): Promise<Uint8Array> {
    if (this.#head !== null) return this.#head;
    this.#head = this.#writer.head(0);
    await this.#bytes.write(this.#head);
    return this.#head;
  }

  async #flush(): Promise<void> {
    const rows = this.#waiting;
    if (rows.length === 0) return;
    [this.#waiting, this.#characters] = [[], 0];
    await this.#begin();
    const { bytes, note } = writePiece(this.#writer, rows);
    await this.#bytes.write(bytes);
    this.#rows += rows.length;
    if (note !== null) this.#pieces.push({ bytes: bytes.length, rows: rows.length, note });
  }
}

/** Waits while the reader of standard output does. */
function writeOut(signal: AbortSignal): ByteTarget {
  return {
    write: async (bytes) => {
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain', { signal });
    },
    replaceHead: () => Promise.reject(new RangeError('standard output cannot be changed')),
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}

/** Writes beside the file, and renames at the end: nobody ever sees a part of it. */
async function createFile(path: string): Promise<ByteTarget> {
  const temporary = `${path}.${process.pid}.part`;
  const removeNow = (): void => {
    rmSync(temporary, { force: true });
  };
  process.once('exit', removeNow);
  const file = await open(temporary, 'w');
  return {
    write: (bytes) => writeAll(file, bytes),
    replaceHead: (bytes) => writeAll(file, bytes, 0),
    finish: async () => {
      await file.sync();
      await file.close();
      await rename(temporary, path);
      process.off('exit', removeNow);
    },
    abandon: async () => {
      await file.close();
      await rm(temporary, { force: true });
      process.off('exit', removeNow);
    },
  };
}

/** At the end, or from a place on. */
async function writeAll(file: FileHandle, bytes: Uint8Array, at: number | null = null): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(
      bytes,
      done,
      bytes.length - done,
      at === null ? null : at + done,
    );
    done += bytesWritten;
  }
}
