import { describeCell, type Cell } from '../cell.ts';
import type { TableProblem } from '../problem.ts';

const SHOWN = 5;

/** How many cells of one kind a column has, and where the first ones are. */
export class Places {
  count = 0;
  readonly rows: number[] = [];
  #first = '';

  add(cell: Cell, row: number): void {
    if (this.count === 0) this.#first = describeCell(cell);
    if (this.count < SHOWN) this.rows.push(row);
    this.count += 1;
  }

  /** The first of the cells, for messages. */
  get example(): string {
    return this.#first;
  }

  /** As a problem; [] if there are none. */
  toProblems(column: string, allowed: string): TableProblem[] {
    if (this.count === 0) return [];
    return [{ column, found: this.example, allowed, count: this.count, rows: this.rows }];
  }
}
