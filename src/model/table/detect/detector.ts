import { LIKELIHOOD_LIMITS } from '../../specification/limits.ts';
import { createMissingTest, DEFAULT_MISSING_MARKS, type Cell } from '../cell.ts';
import { isModelled } from '../features.ts';
import type { DecimalSeparator } from '../numbers.ts';
import type { TableProblem } from '../problem.ts';
import type { Role, TableColumn, TableSchema } from '../schema.ts';
import { buildColumn } from './builders.ts';
import { ColumnEvidence, type Capacities } from './column-evidence.ts';
import { findDecimal, gatherFacts } from './facts.ts';
import { readName } from './names.ts';
import { decideRole } from './roles.ts';

export interface DetectionSettings {
  /** Null if the columns have no names: they are called column_1, column_2 and so on. */
  readonly names: readonly string[] | null;
  /** Roles that the user has chosen, by name of the column. */
  readonly overrides: Readonly<Record<string, Role>>;
  /** Words that mean a missing value, besides an empty cell. */
  readonly missingMarks?: readonly string[];
}

export interface Detection {
  readonly schema: TableSchema;
  /** Empty if every cell fits the role of its column. */
  readonly problems: readonly TableProblem[];
}

export interface TableDetector {
  /** Adds a row with one cell for each column. `row` is its number for people; by default, rows are counted from 1. */
  add(cells: readonly Cell[], row?: number): void;
  /** Call it once, after the last row. */
  finish(): Detection;
}

/** Different words and numbers that are counted in the whole table, and in one column at least and at most. */
const [ALL_WORDS, FEWEST_WORDS, MOST_WORDS] = [2 ** 20, LIKELIHOOD_LIMITS.categories + 1, 2 ** 16];
const [ALL_NUMBERS, FEWEST_NUMBERS, MOST_NUMBERS] = [2 ** 18, 65, LIKELIHOOD_LIMITS.categories + 1];
const CODE_ROLES: ReadonlySet<Role> = new Set(['category', 'label', 'flag']);

/** Detects the roles of columns in one pass over all rows, in bounded memory. The same rows give the same answer. */
export function createTableDetector(settings: DetectionSettings): TableDetector {
  const { names, overrides, missingMarks: marks = DEFAULT_MISSING_MARKS } = settings;
  const isMissing = createMissingTest(marks);
  const nameOf = (index: number): string => names?.[index] ?? `column_${index + 1}`;
  let rows = 0;
  let columns: ColumnEvidence[] | null = null;
  const begin = (count: number): ColumnEvidence[] => {
    const capacities = limitCapacities(count);
    return Array.from({ length: count }, (_, index) => {
      const role = Object.hasOwn(overrides, nameOf(index)) ? overrides[nameOf(index)] : undefined;
      const wordsOnly = role !== undefined && CODE_ROLES.has(role);
      const hints = readName(nameOf(index));
      const alsoWords = role === undefined && (hints.isId || hints.isCode || hints.isLabel);
      return new ColumnEvidence({ ...capacities, isMissing, wordsOnly, alsoWords });
    });
  };
  return {
    add(cells, row = rows + 1) {
      columns ??= begin(names?.length ?? cells.length);
      rows += 1;
      for (let index = 0; index < columns.length; index++) columns[index]?.add(cells[index] ?? null, row);
    },
    finish: () => decideTable(columns ?? begin(names?.length ?? 0), { nameOf, overrides, rows, marks }),
  };
}

interface Situation {
  readonly nameOf: (index: number) => string;
  readonly overrides: Readonly<Record<string, Role>>;
  readonly rows: number;
  readonly marks: readonly string[];
}

function decideTable(evidence: readonly ColumnEvidence[], situation: Situation): Detection {
  const { nameOf, overrides, rows, marks } = situation;
  const shared = findSharedDecimal(evidence);
  const built = evidence.map((own, index) => {
    const name = nameOf(index);
    const facts = gatherFacts(name, rows, own, findDecimal(own) ?? shared);
    const forced = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
    const decision = forced === undefined ? decideRole(facts) : { role: forced, reason: 'chosen by you' };
    return buildColumn(facts, decision.role, decision.reason);
  });
  const columns = limitParts(built.map(({ column }) => column));
  const names = new Set(columns.map(({ name }) => name));
  const problems = [
    ...Object.keys(overrides).flatMap((name) =>
      names.has(name) ? [] : [createNameProblem(name, [...names])],
    ),
    ...built.flatMap((one) => one.problems),
  ];
  return { schema: { columns, missing_marks: [...marks] }, problems };
}

/** Columns whose cells prove no decimal separator follow the others. */
function findSharedDecimal(evidence: readonly ColumnEvidence[]): DecimalSeparator {
  const proved = evidence.map(findDecimal);
  const commas = proved.filter((decimal) => decimal === ',').length;
  return commas > proved.filter((decimal) => decimal === '.').length ? ',' : '.';
}

const createNameProblem = (name: string, names: readonly string[]): TableProblem => ({
  column: name,
  found: 'a role for a column that the table does not have',
  allowed: `one of ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}`,
  count: 1,
  rows: [],
});

function limitCapacities(columns: number): Capacities {
  const share = (all: number, fewest: number, most: number): number =>
    Math.min(most, Math.max(fewest, Math.floor(all / Math.max(1, columns))));
  return {
    words: share(ALL_WORDS, FEWEST_WORDS, MOST_WORDS),
    numbers: share(ALL_NUMBERS, FEWEST_NUMBERS, MOST_NUMBERS),
  };
}

/** Of wide tables, only the times themselves are modelled. */
function limitParts(columns: readonly TableColumn[]): TableColumn[] {
  const features = columns.reduce(
    (sum, column) =>
      sum + (column.role === 'datetime' ? column.parts.length : isModelled(column.role) ? 1 : 0),
    0,
  );
  if (features <= LIKELIHOOD_LIMITS.columns) return [...columns];
  return columns.map((column) => (column.role === 'datetime' ? { ...column, parts: ['time'] } : column));
}
