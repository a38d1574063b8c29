import { isFlag } from '../../model/dataset.ts';
import { valueDomain, type ColumnSpec, type ValueDomain } from '../../model/specification.ts';
import { AppError } from '../../errors.ts';
import { describeValue } from './describe-value.ts';

/** A column of a table in requests and answers. */
interface Cells {
  readonly name: string;
  readonly domain: ValueDomain;
  /** The code of each word; null if the column has numbers. */
  readonly codes: ReadonlyMap<string, number> | null;
  /** Whether true and false are allowed, as 1 and 0. */
  readonly bits: boolean;
  readonly allowed: string;
}

/**
 * Parses rows of a request into one float32 array [rows.length, columns], row-major. Each row is an array in the order of the
 * columns or an object with their names as keys. Words become codes, true and false 1 and 0, and null or an absent name NaN, a missing value.
 * Errors: validation_failed with the pointer of the first bad row or value, below the pointer of the rows, such as `/data`.
 */
export function parseTable(
  rows: readonly unknown[],
  pointer: string,
  columns: readonly ColumnSpec[],
): Float32Array {
  const cells = columns.map(toCells);
  const values = new Float32Array(rows.length * columns.length);
  rows.forEach((row, index) => {
    const where = `${pointer}/${index}`;
    const found = Array.isArray(row) ? parseArray(row, cells, where) : parseObject(row, cells, where);
    values.set(found, index * columns.length);
  });
  return values;
}

function parseArray(row: readonly unknown[], cells: readonly Cells[], where: string): number[] {
  if (row.length !== cells.length) {
    throw createProblem(
      where,
      `an array of length ${row.length}`,
      `length ${cells.length}, or an object by column names`,
    );
  }
  return cells.map((cell, column) => parseValue(row[column], cell, `${where}/${column}`));
}

function parseObject(row: unknown, cells: readonly Cells[], where: string): number[] {
  if (typeof row !== 'object' || row === null) {
    throw createProblem(
      where,
      describeValue(row),
      `an array of length ${cells.length}, or an object by column names`,
    );
  }
  const given = new Map<string, unknown>(Object.entries(row));
  const values = cells.map((cell) => {
    const value = given.get(cell.name) ?? null;
    given.delete(cell.name);
    return parseValue(value, cell, `${where}/${escapeName(cell.name)}`);
  });
  const [unknown] = given.keys();
  if (unknown === undefined) return values;
  const names = cells.map(({ name }) => name);
  throw createProblem(`${where}/${escapeName(unknown)}`, 'no column of the model', listNames(names));
}

function parseValue(value: unknown, cell: Cells, pointer: string): number {
  const { domain, codes, bits } = cell;
  if (value === null && domain.missing) return NaN;
  if (typeof value === 'boolean' && bits) return Number(value);
  if (typeof value === 'string' && codes) {
    const code = codes.get(value) ?? codes.get(value.toLowerCase());
    if (code !== undefined) return code;
  }
  if (typeof value === 'number' && (!codes || bits) && isInside(value, domain)) return value;
  throw createProblem(pointer, describeFound(value), cell.allowed);
}

function isInside(value: number, { low, high, integer }: ValueDomain): boolean {
  return value >= low && value <= high && (!integer || Number.isInteger(value));
}

function toCells(column: ColumnSpec): Cells {
  const { name, labels, likelihood } = column;
  const domain = valueDomain({ family: 'mixed', columns: [column] });
  const bits = likelihood.family === 'bernoulli';
  const ways = [
    ...(labels ? [listNames(labels)] : []),
    ...(bits ? ['true, false'] : []),
    ...(labels && !bits ? [] : [domain.allowed]),
    ...(domain.missing ? ['null'] : []),
  ];
  const allowed = `${ways.join(', or ')} (column ${name})`;
  return { name, domain, bits, codes: labels ? indexWords(labels) : null, allowed };
}

/** The words of a flag are also accepted in lower case. */
function indexWords(labels: readonly string[]): Map<string, number> {
  const codes = new Map(labels.map((label, code) => [label, code]));
  if (isFlag(labels)) labels.forEach((label, code) => codes.set(label.toLowerCase(), code));
  return codes;
}

const MOST_LISTED = 20;

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  const first = names.slice(0, MOST_LISTED).map((name) => JSON.stringify(name));
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}

/** For JSON pointers (RFC 6901). */
function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

const describeFound = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : describeValue(value);

function createProblem(pointer: string, found: string, allowed: string): AppError {
  const problems = [{ pointer, detail: `found ${found}; allowed: ${allowed}` }];
  return AppError.of('validation_failed', { what: 'The request' }, { problems });
}
