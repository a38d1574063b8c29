import { AppError } from '../../errors.ts';
import type { LikelihoodSpec } from '../../model/specification.ts';
import { isModelled, listModelledColumns, type Cell, type TableSchema } from '../../model/table.ts';
import { refuseRows } from '../inference/row-errors.ts';
import { parseTable } from '../inference/table-rows.ts';

/** What a request fixes in every row. */
export interface Condition {
  readonly given?: Readonly<Record<string, Cell>>;
  readonly hidden?: readonly string[];
}

/**
 * Rows of a request with given values in their places, and without hidden ones. Errors: validation_failed for a column that the model
 * does not use, or that is both given and hidden; for a given value that cannot be understood; for rows that are no table, of which no
 * value has a name.
 */
export function conditionRows(
  table: TableSchema | null,
  likelihood: LikelihoodSpec,
  rows: readonly unknown[],
  { given = {}, hidden = [] }: Condition,
): readonly unknown[] {
  const [fixed, absent] = [Object.entries(given), new Set(hidden)];
  if (fixed.length === 0 && absent.size === 0) return rows;
  for (const [name] of fixed) checkColumn(table, name, '/given', absent.has(name));
  for (const name of absent) checkColumn(table, name, '/hidden', false);
  if (table !== null) checkGiven(table, likelihood, given);
  return rows.map((row) => {
    if (table === null || typeof row !== 'object' || row === null) return row;
    const named = Array.isArray(row) ? nameCells(table, row as unknown[]) : new Map(Object.entries(row));
    if (named === null) return row;
    for (const name of absent) named.set(name, null);
    for (const [name, cell] of fixed) named.set(name, cell);
    return Object.fromEntries(named);
  });
}

/** Columns that are not given are no errors here: rows may have them. */
function checkGiven(
  table: TableSchema,
  likelihood: LikelihoodSpec,
  given: Readonly<Record<string, Cell>>,
): void {
  const { errors } = parseTable([given], '', table, likelihood);
  const own = errors.filter(({ column }) => column !== null && Object.hasOwn(given, column));
  if (own.length > 0)
    throw refuseRows(own.map((error) => ({ ...error, pointer: error.pointer.replace('/0/', '/given/') })));
}

/** null if the row has another length than a row may have: reading it then says so. */
function nameCells(table: TableSchema, row: readonly unknown[]): Map<string, unknown> | null {
  const { columns } = table;
  const modelled = listModelledColumns(table);
  const indices = row.length === modelled.length ? modelled : columns.map((_, index) => index);
  if (row.length !== indices.length) return null;
  return new Map(indices.map((index, i) => [columns[index]?.name ?? '', row[i]]));
}

function checkColumn(table: TableSchema | null, name: string, pointer: string, isTwice: boolean): void {
  const column = table?.columns.find((candidate) => candidate.name === name);
  const isUsed = column !== undefined && isModelled(column.role);
  if (isUsed && !isTwice) return;
  const names = (table?.columns ?? []).flatMap((each) => (isModelled(each.role) ? [each.name] : []));
  const allowed = table === null ? 'nothing: the rows of this model are no table' : listFew(names);
  const found = isTwice
    ? `${JSON.stringify(name)}, which is also hidden`
    : JSON.stringify(name.slice(0, 100));
  const problems = [{ pointer, detail: `found ${found}; allowed: ${allowed}` }];
  throw AppError.of('validation_failed', { what: 'The request' }, { problems });
}

const MOST_NAMES = 20;

function listFew(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMES).map((name) => JSON.stringify(name));
  const more = names.length - first.length;
  return `the columns ${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
