import { isInside, valueDomain, type LikelihoodSpec, type ValueDomain } from '../specification.ts';
import {
  createRowEncoder,
  describeCell,
  listFeatures,
  type Cell,
  type CellProblem,
  type Role,
  type TableColumn,
  type TableSchema,
} from '../table.ts';

/**
 * Writes the features of a row, given one cell for each column of the table, and answers what of it cannot be understood, or has
 * no probability under the likelihood. Anything but a text, number or truth value is missing.
 */
export type CellReader = (given: readonly unknown[], features: Float32Array) => CellProblem[];

/** Creates the reader of rows from outside: requests, and other data sets. */
export function createCellReader(table: TableSchema, likelihood: LikelihoodSpec): CellReader {
  const [encode, check] = [createRowEncoder(table), createFeatureCheck(table, likelihood)];
  const bits = findBits(table, likelihood);
  return (given, features) => {
    const cells = given.map((cell, i) => toCell(cell, table.columns[i]?.role, bits.has(i)));
    const unread = encode(cells, features, 0);
    return unread.length > 0 ? unread : check(cells, features);
  };
}

/** True and false are the same as 1 and 0 where a column has two values. */
function toCell(value: unknown, role: Role | undefined, isBit: boolean): Cell {
  if (typeof value === 'boolean') return isBit && role === 'number' ? Number(value) : value;
  if (typeof value === 'number' && role === 'flag') return value === 0 || value === 1 ? value === 1 : value;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** Indices of columns whose likelihood is Bernoulli. */
function findBits(table: TableSchema, likelihood: LikelihoodSpec): ReadonlySet<number> {
  if (likelihood.family !== 'mixed') return new Set();
  const { columns } = likelihood;
  const bits = listFeatures(table).filter((_, i) => columns[i]?.likelihood.family === 'bernoulli');
  return new Set(bits.map(({ column }) => column));
}

/** Answers which columns of a row have no probability under the likelihood, given its cells and their features. */
export type FeatureCheck = (cells: readonly Cell[], features: Float32Array) => CellProblem[];

/** Creates the check. Cells are those of all columns of the table. */
export function createFeatureCheck(table: TableSchema, likelihood: LikelihoodSpec): FeatureCheck {
  const features = listFeatures(table).map(({ column }, i) => ({
    column,
    domain: valueDomain(likelihood, i),
  }));
  return (cells: readonly Cell[], values: Float32Array): CellProblem[] => {
    const problems = new Map<number, CellProblem>();
    features.forEach(({ column: index, domain }, i) => {
      const [column, value] = [table.columns[index], values[i] ?? NaN];
      if (column === undefined || isInside(value, domain) || problems.has(index)) return;
      const allowed = Number.isNaN(value) ? NEVER_MISSING : describeAllowed(column, domain);
      problems.set(index, { column: column.name, found: describeCell(cells[index] ?? null), allowed });
    });
    return [...problems.values()];
  };
}

const NEVER_MISSING = 'a value: the likelihood of this column does not allow missing values';

function describeAllowed(column: TableColumn, domain: ValueDomain): string {
  const words = 'labels' in column ? [listNames(column.labels)] : [];
  const flags = column.role === 'flag' ? ['true, false'] : [];
  const others = words.length > 0 ? [] : [domain.allowed];
  return [...words, ...flags, ...others, ...(domain.missing ? ['null'] : [])].join(', or ');
}

const MOST_LISTED = 20;

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  const first = names.slice(0, MOST_LISTED).map((name) => JSON.stringify(name));
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}
