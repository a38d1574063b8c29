import { AppError } from '../../../errors.ts';
import type { FileProblems } from '../file-problems.ts';
import { MAX_TABLE_ROWS, type FileSettings, type TableFile } from '../file.ts';
import type { Guard } from '../guard.ts';

/** What a reader of tables is given beside the bytes or texts. */
export interface TableContext {
  readonly settings: FileSettings;
  readonly problems: FileProblems;
  readonly guard: Guard;
}

/** What a reader of tables finds at once; the batches follow. */
export type OpenTable = Pick<TableFile, 'names' | 'width' | 'header' | 'delimiter' | 'batches'>;

/** Batches are passed on when they have this many rows. */
export const BATCH_ROWS = 1000;

/** Collects rows until they are a batch. */
export class BatchBuilder<Row extends readonly unknown[]> {
  #rows: Row[] = [];
  #numbers: number[] = [];

  add(row: Row, number: number): void {
    this.#rows.push(row);
    this.#numbers.push(number);
  }

  get isFull(): boolean {
    return this.#rows.length >= BATCH_ROWS;
  }

  /** All rows since the last batch; null if there are none. */
  take(): { readonly rows: readonly Row[]; readonly numbers: readonly number[] } | null {
    if (this.#rows.length === 0) return null;
    const batch = { rows: this.#rows, numbers: this.#numbers };
    this.#rows = [];
    this.#numbers = [];
    return batch;
  }
}

/** Counts rows. Errors: too_large. */
export function createRowCounter({ limits: { maxRows = MAX_TABLE_ROWS } }: FileSettings): () => number {
  let rows = 0;
  return () => {
    rows += 1;
    if (rows > maxRows) throw AppError.of('too_large', { what: 'The table', limit: maxRows, unit: 'rows' });
    return rows;
  };
}
