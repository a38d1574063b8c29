import type { Command } from 'commander';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { Environment } from '../../config.ts';
import { createClient, type Client } from '../client.ts';
import { explainError } from '../explain-error.ts';
import { formatCount } from '../format.ts';
import { Interrupted, watchInterruption } from '../interruption.ts';
import { createLiveLine } from '../live-line.ts';
import { escapeControls } from '../terminal.ts';
import { describeProblems } from './outcome.ts';
import { checkColumns, chooseTarget, type Target } from './output-name.ts';
import { waitWhileBusy } from './patience.ts';
import { openSink } from './sink.ts';
import type { RowPiece, MadeRows } from './made-rows.ts';
import { STANDARD_INPUT } from './table-input.ts';

/** Flags of every command that writes rows. */
export interface RowFlags {
  readonly model: string;
  readonly url: string;
  readonly output?: string;
}

/** Flags of those that read a file. */
export interface FileFlags extends RowFlags {
  readonly encoding?: string;
}

export interface RowContext {
  readonly client: Pick<Client, 'getJson' | 'postJson'>;
  readonly signal: AbortSignal;
  readonly target: Target;
}

/** Ends the process with an exit code. */
export type End = (code: number) => Promise<unknown>;

/** Further rows that could not be understood are only counted. */
const MOST_PROBLEMS = 20;

export const addRowOptions = (command: Command): Command =>
  command
    .requiredOption('--model <id>', 'id of the model')
    .option(
      '--output <file>',
      'file to write: .csv, .jsonl, .npy or .parquet; default: CSV to standard output',
    )
    .option('--url <url>', 'address of the service', 'http://127.0.0.1:8080');

export const addFileOptions = (command: Command): Command =>
  addRowOptions(
    command.argument('<file>', `the table (CSV, JSON or Parquet); ${STANDARD_INPUT} reads standard input`),
  ).option('--encoding <name>', 'encoding of a text that is not UTF-8, such as windows-1252');

export const fetchModel = ({ client }: RowContext, id: string): Promise<ModelDetails> =>
  client.getJson<ModelDetails>(`/models/${encodeURIComponent(id)}`);

/**
 * Writes what `open` finds: to a file, or to standard output as CSV. Resolves with the exit code: 1 also if some rows could not be
 * understood. Standard error has their problems, notes and, on a terminal, progress.
 */
export async function runRows(
  name: string,
  { url, output }: RowFlags,
  environment: Environment,
  open: (context: RowContext) => Promise<MadeRows>,
): Promise<number> {
  const interruption = watchInterruption();
  const { signal } = interruption;
  const counter = createLiveLine(process.stderr, environment);
  const complain = (line: string): void => {
    counter.clear();
    process.stderr.write(`${line}\n`);
  };
  try {
    const target = await chooseTarget(output);
    const client = waitWhileBusy(createClient(url, signal), signal);
    const source = await open({ client, signal, target });
    const isQuiet = target.path === null && process.stdout.isTTY;
    const written = new Count(complain, (rows) => {
      if (!isQuiet) counter.show(`${formatCount(rows)} rows`);
    });
    await writeMadeRows(source, target, signal, (piece) => {
      written.add(piece);
    });
    written.finish();
    for (const note of source.listNotes()) complain(escapeControls(`Note: ${note}`));
    const leftOut = explainLeftOut(source);
    if (leftOut !== null) complain(`Rows were left out, because they could not be read:\n${leftOut}`);
    if (target.path !== null) complain(`wrote ${countRows(written.rows)} to ${escapeControls(target.path)}`);
    return written.bad === 0 && leftOut === null ? 0 : 1;
  } catch (error) {
    counter.clear();
    const reason: unknown = signal.reason;
    if (reason instanceof Interrupted) return reason.exitCode;
    complain(`aevb ${name}: ${explainError(error)}`);
    return 1;
  } finally {
    interruption.release();
  }
}

/** Writes all of a source, or nothing of it. Closes it. */
export async function writeMadeRows<Piece extends RowPiece>(
  source: MadeRows<Piece>,
  target: Target,
  signal: AbortSignal,
  look: (piece: Piece) => void,
): Promise<void> {
  try {
    checkColumns(target, source.columns, source.hint);
    const sink = await openSink(target, { ...source, signal });
    try {
      for await (const piece of source.pieces) {
        signal.throwIfAborted();
        look(piece);
        await sink.write(piece.rows);
      }
      await sink.finish();
    } catch (error) {
      await sink.abandon();
      throw error;
    }
  } finally {
    await source.close();
  }
}

/** What could not be read of the file, although what follows could; null if there is nothing. */
function explainLeftOut(source: MadeRows): string | null {
  try {
    source.throwIfAny();
    return null;
  } catch (error) {
    return explainError(error);
  }
}

const countRows = (rows: number): string => `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;

/** Counts rows, and complains about some of those that could not be understood. */
class Count {
  rows = 0;
  bad = 0;
  readonly #complain: (line: string) => void;
  readonly #show: (rows: number) => void;

  constructor(complain: (line: string) => void, show: (rows: number) => void) {
    this.#complain = complain;
    this.#show = show;
  }

  add({ rows, bad }: RowPiece): void {
    for (const { number, problems } of bad) {
      this.bad += 1;
      if (this.bad <= MOST_PROBLEMS) this.#complain(describeProblems(number, problems));
    }
    this.rows += rows.length;
    this.#show(this.rows);
  }

  finish(): void {
    const more = this.bad - MOST_PROBLEMS;
    if (more > 0) this.#complain(`... and ${formatCount(more)} more rows could not be understood`);
  }
}
