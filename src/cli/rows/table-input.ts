import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { columnName } from '../../model/dataset.ts';
import type { RandomAccess } from '../../store/driver.ts';
import type { Delimiter, FileSettings, FileSource, CellBatch } from '../../store/formats/file.ts';
import { openFile } from '../../store/formats/open-file.ts';
import { UsageError } from '../usage-error.ts';

/** The name of standard input on the command line. */
export const STANDARD_INPUT = '-';

/** A table that is read here, as the service would read it. */
export interface TableInput {
  /** Names of the columns; those without a name are called as the service calls them. */
  readonly names: readonly string[];
  /** Whether the file names its columns. */
  readonly hasNames: boolean;
  /** What separates cells, for lines that are added to. */
  readonly delimiter: Delimiter;
  /** Whether cells have types: those of a CSV file are text. */
  readonly isTyped: boolean;
  readonly batches: AsyncIterable<CellBatch>;
  /** Errors: data_invalid with all problems of the rows that were left out. Call it after the last batch. */
  throwIfAny(): void;
  close(): Promise<void>;
}

/** Reads only here, so there is nothing to protect but the user's own memory. */
const LIMITS = { maxUploadBytes: Number.MAX_SAFE_INTEGER, maxDatasetBytes: Number.MAX_SAFE_INTEGER };

/** Opens a file or standard input. Errors: UsageError if there is no such file or it holds no table; data_invalid. */
export async function openTable(
  path: string,
  encoding: string | null,
  signal: AbortSignal,
): Promise<TableInput> {
  const source = path === STANDARD_INPUT ? process.stdin : await openPath(path);
  // A pipe that nothing comes from would be waited for.
  if (source instanceof Readable) addAbortSignal(signal, source);
  const close = async (): Promise<void> => {
    if (isStored(source)) await source.close();
  };
  try {
    return await toInput(
      path,
      source,
      { limits: LIMITS, signal, ...(encoding === null ? {} : { encoding }) },
      close,
    );
  } catch (error) {
    await close();
    throw error;
  }
}

async function toInput(
  path: string,
  source: FileSource,
  settings: FileSettings,
  close: () => Promise<void>,
): Promise<TableInput> {
  const file = await openFile(source, settings);
  if (file.kind !== 'table') {
    await file.close();
    throw new UsageError(
      `${path} holds an array (${file.format}), not a table: a table is CSV, JSON or Parquet.`,
    );
  }
  return {
    names: file.names ?? Array.from({ length: file.width }, (_, column) => columnName(column)),
    hasNames: file.names !== null,
    delimiter: file.delimiter ?? ',',
    isTyped: file.format !== 'csv',
    batches: file.batches,
    throwIfAny: () => {
      file.problems.throwIfAny();
    },
    close: async () => {
      await file.close();
      await close();
    },
  };
}

const isStored = (source: FileSource): source is RandomAccess => 'read' in source && 'close' in source;

/** A regular file can be read anywhere; a pipe only from the start. */
async function openPath(path: string): Promise<FileSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`There is no file ${path}.`, { cause });
  });
  if (found.isDirectory()) throw new UsageError(`${path} is a folder: name one file.`);
  return found.isFile() ? openRegularFile(path) : createReadStream(path);
}

async function openRegularFile(path: string): Promise<RandomAccess> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new UsageError(`Cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  const { size } = await file.stat();
  return {
    bytes: size,
    read: async (target, offset) => {
      for (let done = 0; done < target.length;) {
        const { bytesRead } = await file.read(target, done, target.length - done, offset + done);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        done += bytesRead;
      }
    },
    close: () => file.close(),
  };
}
