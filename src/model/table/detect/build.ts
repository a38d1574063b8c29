import type { TableProblem } from '../problem.ts';
import type { ColumnWithRole, Role, TableColumn } from '../schema.ts';
import type { Facts } from './facts.ts';

interface Common {
  readonly name: string;
  readonly reason: string;
  /** Share of the rows without a value. */
  readonly missing: number;
}

/** Creates the column of the schema, and lists the cells that do not fit its role. */
export type ColumnBuilder<Name extends Role> = (
  facts: Facts,
  common: Common,
) => { readonly column: ColumnWithRole<Name> & TableColumn; readonly problems: readonly TableProblem[] };
