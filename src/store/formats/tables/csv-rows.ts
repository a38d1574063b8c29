import { AppError } from '../../../errors.ts';
import { isPerColumn } from '../../../model/dataset.ts';
import { isBlank } from './csv-cells.ts';
import type { FileProblems } from '../file-problems.ts';
import type { FileSettings } from '../file.ts';
import { isHeader } from './csv-header.ts';
import { readNames } from './names.ts';
import { BatchBuilder, createRowCounter } from './table-format.ts';

/**
 * Makes a table of records: the first one decides how many columns there are and may name them. Blank lines are left out,
 * except between the rows of a single column, where they could be missing values.
 */
export class CsvRows {
  readonly batch = new BatchBuilder<readonly string[]>();
  /** Number of the last record; the header and blank lines count. */
  number = 0;
  /** 0 before the first record. */
  width = 0;
  names: readonly string[] | null = null;
  header = false;
  /** Whether there is a row below the header, a wrong one included. */
  hasRows = false;
  readonly #settings: FileSettings;
  readonly #problems: FileProblems;
  readonly #count: () => number;
  /** Since the last row. */
  #blankLines: number[] = [];

  constructor(settings: FileSettings, problems: FileProblems) {
    this.#settings = settings;
    this.#problems = problems;
    this.#count = createRowCounter(settings);
  }

  /** Errors: too_large for too many rows. */
  add(cells: readonly string[], fault: string | null): void {
    this.number = this.#count();
    if (cells.length === 1 && isBlank(cells[0] ?? '')) {
      this.#skipBlank();
      return;
    }
    if (this.width === 0 && this.#begin(cells)) return;
    this.hasRows = true;
    this.#reportBlankLines();
    if (fault !== null) this.#report(fault, 'quotes around whole cells, each quote inside them doubled');
    else if (cells.length !== this.width) this.#reportWidth(cells.length);
    else this.batch.add(cells, this.number);
  }

  /** Whether the first record is a header. */
  #begin(cells: readonly string[]): boolean {
    this.width = cells.length;
    this.header = isHeader(cells, this.#settings.header);
    if (this.header && isPerColumn([this.width])) this.names = readNames(cells, this.#problems);
    return this.header;
  }

  #skipBlank(): void {
    // Those at the end of a file are many at most in a file made to be slow: the limit of rows is their limit.
    if (this.width === 1 && this.#blankLines.length < 1000) this.#blankLines.push(this.number);
  }

  #reportBlankLines(): void {
    for (const row of this.#blankLines) {
      const allowed = 'one only after the last row; for a missing value NA';
      this.#problems.add({ kind: 'row', row, found: 'an empty line', allowed });
    }
    this.#blankLines = [];
  }

  #reportWidth(cells: number): void {
    const column = Math.min(cells, this.width);
    const name = this.names?.[column];
    this.#problems.add({
      kind: 'row',
      row: this.number,
      found: `${cells} ${cells === 1 ? 'column' : 'columns'}`,
      allowed: `${this.width}, as in the first row${cells < this.width && name !== undefined ? `; ${name} is the first one missing` : ''}`,
    });
  }

  #report(found: string, allowed: string): void {
    this.#problems.add({ kind: 'row', row: this.number, found, allowed });
  }

  /** Errors: data_invalid if there is no row. */
  checkRows(): void {
    if (this.hasRows) return;
    const [where, found] = this.header
      ? [`row ${this.number + 1}`, 'no row below the header']
      : ['row 1', 'no row'];
    throw AppError.of('data_invalid', { where, found, allowed: 'at least one' });
  }
}
