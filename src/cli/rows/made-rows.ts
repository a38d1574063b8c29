import { findTable } from '../../model/dataset.ts';
import { isModelled, type Cell, type TableSchema } from '../../model/table.ts';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { CellBatch } from '../../store/formats/file.ts';
import type { OutputRow } from '../../store/formats/output/writer.ts';
import { formatNames } from '../format.ts';
import { UsageError } from '../usage-error.ts';
import { describeModelled, describeOther, type RowColumn } from './row-columns.ts';
import { isRead, type BadCell } from './outcome.ts';
import { askTable, type AskRows, type RowWithOutcome } from './requests.ts';
import { openTable, STANDARD_INPUT, type TableInput } from './table-input.ts';

/** Rows that a command writes, as they become known. */
export interface MadeRows<Piece extends RowPiece = RowPiece> {
  readonly columns: readonly RowColumn[];
  /** Between cells of a CSV file. */
  readonly delimiter: string;
  readonly pieces: AsyncIterable<Piece>;
  /** Said when all is written. */
  readonly listNotes: () => readonly string[];
  /** To be called after the last piece. Errors: data_invalid with everything that was left out of the file that is read. */
  readonly throwIfAny: () => void;
  readonly close: () => Promise<void>;
  /** What else can be done if the format has no text. */
  readonly hint?: string;
}

export interface RowPiece {
  readonly rows: readonly OutputRow[];
  /** Rows that could not be understood. */
  readonly bad: readonly BadRow[];
}

export interface BadRow {
  readonly number: number;
  readonly problems: readonly BadCell[];
}

export interface AnsweredPiece<Found extends object> extends RowPiece {
  readonly answered: readonly RowWithOutcome<Found>[];
}

/** A file of rows for a model. */
export interface RowFile {
  readonly input: TableInput;
  readonly table: TableSchema;
  /** Of the file, in its order. */
  readonly columns: readonly RowColumn[];
  /** Names of columns that the model uses and that the file has not. */
  readonly lacking: readonly string[];
}

/** Errors: UsageError if the model is not of a table, or the file has none of its columns; those of openTable. */
export async function openRowFile(
  path: string,
  model: Pick<ModelDetails, 'id' | 'table' | 'model'>,
  encoding: string | null,
  signal: AbortSignal,
): Promise<RowFile> {
  const table = findTable(model);
  if (table === null) {
    throw new UsageError(`${model.id} is a model of images or arrays: its rows are not those of a table.`);
  }
  const input = await openTable(path, encoding, signal);
  try {
    const { names, isTyped } = input;
    const lacking = listLacking(table, names, path);
    const { first, batches } = await lookAhead(input.batches);
    const known = new Map(table.columns.map((column) => [column.name, column]));
    const columns = names.map((name, i) => {
      const column = known.get(name);
      return column !== undefined && isModelled(column.role)
        ? describeModelled(column, table.missing_marks)
        : describeOther(name, first?.rows.map((row) => row[i] ?? null) ?? [], isTyped);
    });
    return { input: { ...input, batches }, table, columns, lacking };
  } catch (error) {
    await input.close();
    throw error;
  }
}

function listLacking({ columns }: TableSchema, names: readonly string[], path: string): string[] {
  const own = new Set(names);
  const used = columns.filter(({ role }) => isModelled(role)).map(({ name }) => name);
  const lacking = used.filter((name) => !own.has(name));
  if (lacking.length < used.length) return lacking;
  throw new UsageError(
    `${path === STANDARD_INPUT ? 'Standard input' : path} has none of the columns that the model uses (${formatNames(used)}); it has ${formatNames(names)}.`,
  );
}

/** The first batch, and all of them. */
async function lookAhead(batches: AsyncIterable<CellBatch>) {
  const iterator = batches[Symbol.asyncIterator]();
  const head = await iterator.next();
  const all = async function* (): AsyncGenerator<CellBatch> {
    try {
      for (let next = head; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { first: head.done === true ? null : head.value, batches: all() };
}

export interface Answering<Found extends object> {
  readonly ask: AskRows<Found>;
  readonly columns: readonly RowColumn[];
  /** The row to write. */
  readonly toRow: (row: RowWithOutcome<Found>) => readonly Cell[];
  /** Whether a row is written; default: all are. */
  readonly isWanted?: (row: RowWithOutcome<Found>) => boolean;
  readonly listNotes?: () => readonly string[];
  /** At most so many rows of the file are read. */
  readonly limit?: number;
}

/** Asks about the rows of a file and makes rows of the answers. */
export function answerRows<Found extends object>(
  { input, lacking }: RowFile,
  { ask, columns, toRow, isWanted = () => true, listNotes = () => [], limit }: Answering<Found>,
): MadeRows<AnsweredPiece<Found>> {
  const pieces = async function* (): AsyncGenerator<AnsweredPiece<Found>> {
    for await (const answered of askTable(input, ask, limit)) {
      const bad = answered.flatMap(({ number, outcome }) =>
        isRead(outcome) ? [] : [{ number, problems: outcome.problems }],
      );
      yield { rows: answered.filter(isWanted).map(toRow), bad, answered };
    }
  };
  const note = `The file has no column ${formatNames(lacking)}: the model takes such values as missing.`;
  return {
    columns,
    delimiter: input.delimiter,
    pieces: pieces(),
    listNotes: () => [...(lacking.length > 0 ? [note] : []), ...listNotes()],
    throwIfAny: () => {
      input.throwIfAny();
    },
    close: () => input.close(),
  };
}
