import type { Cell } from '../../model/table.ts';
import type { CellBatch } from '../../store/formats/file.ts';
import type { RowOutcome } from './outcome.ts';

/** A row by the names of its columns, as requests have it. */
export type NamedRow = Readonly<Record<string, Cell>>;

/** Asks about rows in one request: as many outcomes, in the same order. */
export type AskRows<Found extends object> = (
  rows: readonly NamedRow[],
) => Promise<readonly RowOutcome<Found>[]>;

export interface RowWithOutcome<Found extends object> {
  /** The number of the row as people count: from 1, a header included. */
  readonly number: number;
  readonly cells: readonly Cell[];
  readonly outcome: RowOutcome<Found>;
}

/** Of one request: few enough that an answer takes no more than seconds. */
const MOST_ROWS = 200;
const MOST_CELLS = 20_000;
const MOST_CHARACTERS = 4_000_000;

/** Rows of a table of this many columns that fit into one request, at most `most`. */
export const limitRows = (columns: number, most: number): number =>
  Math.max(1, Math.min(most, Math.floor(MOST_CELLS / Math.max(1, columns))));

/** Asks about the rows of a table request by request, in their order; at most `limit` of them. */
export async function* askTable<Found extends object>(
  { names, batches }: { readonly names: readonly string[]; readonly batches: AsyncIterable<CellBatch> },
  ask: AskRows<Found>,
  limit = Infinity,
): AsyncGenerator<readonly RowWithOutcome<Found>[]> {
  let left = limit;
  for await (const { rows, numbers } of batches) {
    for (const [from, to] of cutRequests(rows.slice(0, left))) {
      const part = rows.slice(from, to);
      const outcomes = await ask(part.map((cells) => toNamedRow(names, cells)));
      yield part.flatMap((cells, i) => {
        const [outcome, number] = [outcomes[i], numbers[from + i]];
        return outcome === undefined || number === undefined ? [] : [{ number, cells, outcome }];
      });
    }
    left -= rows.length;
    if (left <= 0) return;
  }
}

function* cutRequests(rows: readonly (readonly Cell[])[]): Generator<readonly [from: number, to: number]> {
  let [from, cells, characters] = [0, 0, 0];
  for (const [i, row] of rows.entries()) {
    const length = row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0);
    const isFull =
      i - from >= MOST_ROWS || cells + row.length > MOST_CELLS || characters + length > MOST_CHARACTERS;
    if (isFull && i > from) {
      yield [from, i];
      [from, cells, characters] = [i, 0, 0];
    }
    cells += row.length;
    characters += length;
  }
  if (rows.length > from) yield [from, rows.length];
}

const toNamedRow = (names: readonly string[], cells: readonly Cell[]): NamedRow =>
  Object.fromEntries(names.map((name, column) => [name, cells[column] ?? null]));
