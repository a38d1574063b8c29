import {
  createFeatureWriters,
  groupFeatures,
  isModelled,
  type Cell,
  type ColumnWithRole,
  type Role,
  type TableColumn,
  type TableSchema,
} from '../table.ts';
import type { ColumnProfile, DatasetProfile } from './profile.ts';

/** What is known of a column, in its own units; null: not known, or without meaning for such a column. */
export interface ColumnStatistics {
  readonly name: string;
  /** null for columns of arrays. */
  readonly role: Role | null;
  /** Share of the rows without a value. */
  readonly missing: number;
  /** Number of different values. */
  readonly distinct: number | null;
  readonly mean: Cell;
  readonly standardDeviation: number | null;
  /** Of the standard deviation: the currency or percent sign of numbers; days or seconds. */
  readonly unit: string | null;
  readonly minimum: Cell;
  readonly maximum: Cell;
  /** The most frequent ones first, if their shares are known. */
  readonly words: readonly WordShare[] | null;
  /** Share of the values whose word is not kept. */
  readonly otherShare: number;
}

export interface WordShare {
  readonly word: Cell;
  readonly share: number | null;
}

/** Most words of a column that are listed. */
const MOST_WORDS = 20;

type Measures = Omit<ColumnStatistics, 'name' | 'role' | 'missing'>;

const UNKNOWN: Measures = {
  distinct: null,
  mean: null,
  standardDeviation: null,
  unit: null,
  minimum: null,
  maximum: null,
  words: null,
  otherShare: 0,
};

/** One entry for each column of a table, or what the profile of an array has entries for. */
export function summarizeColumns(
  table: TableSchema | null,
  profile: DatasetProfile | null,
): ColumnStatistics[] {
  const profiles = profile?.columns ?? [];
  if (table === null) return profiles.map(describeNumbers);
  const groups = groupFeatures(table);
  const writers = createFeatureWriters(table);
  return table.columns.map((column, index) => {
    const [first = 0] = groups.get(index) ?? [];
    const own = isModelled(column.role) ? profiles[first] : undefined;
    const write = writers[first] ?? (() => null);
    const { name, role } = column;
    return {
      name,
      role,
      missing: own?.missing ?? column.missing,
      ...(own === undefined ? describeKept(column) : describeModelled(column, own, write)),
    };
  });
}

function describeNumbers({ name, missing, ...own }: ColumnProfile): ColumnStatistics {
  const { distinct, mean, minimum, maximum } = own;
  return {
    name,
    role: null,
    missing,
    ...UNKNOWN,
    distinct,
    mean,
    standardDeviation: findDeviation(own),
    minimum,
    maximum,
  };
}

/** Of labels, the words are known. */
function describeKept(column: TableColumn): Measures {
  if (column.role !== 'label') return UNKNOWN;
  const { labels, other_share: otherShare } = column;
  const words = labels.slice(0, MOST_WORDS).map((word) => ({ word, share: null }));
  return { ...UNKNOWN, distinct: otherShare > 0 ? null : labels.length, words, otherShare };
}

function describeModelled(column: TableColumn, own: ColumnProfile, write: (value: number) => Cell): Measures {
  if (column.role === 'flag' || column.role === 'category') return describeWords(column, own, write);
  const { mean, minimum, maximum, distinct, other = 0 } = own;
  const place = (value: number | null): Cell => (value === null ? null : write(value));
  const isNumber = column.role === 'number' || column.role === 'count';
  return {
    ...UNKNOWN,
    distinct,
    // A mean has more decimals than the values.
    mean: isNumber && mean !== null ? mean + column.offset : place(mean),
    standardDeviation: findDeviation(own),
    unit: findUnit(column),
    minimum: place(minimum),
    maximum: place(maximum),
    otherShare: other,
  };
}

function describeWords(
  { labels }: ColumnWithRole<'flag' | 'category'>,
  { distinct, mean, shares: counted, other = 0 }: ColumnProfile,
  write: (value: number) => Cell,
): Measures {
  const isBinary = labels.length === 2 && mean !== null;
  const shares = counted ?? (isBinary ? [1 - mean, mean] : undefined);
  const all = labels.map((_, code): WordShare => ({ word: write(code), share: shares?.[code] ?? null }));
  const words = all.toSorted((one, another) => (another.share ?? 0) - (one.share ?? 0)).slice(0, MOST_WORDS);
  return { ...UNKNOWN, distinct: other > 0 ? null : (distinct ?? labels.length), words, otherShare: other };
}

function findUnit(column: TableColumn): string | null {
  if (column.role === 'number' || column.role === 'count') return column.format.unit;
  if (column.role !== 'datetime') return null;
  return ['year', 'month', 'day'].includes(column.unit) ? 'days' : 'seconds';
}

const findDeviation = ({ variance }: Pick<ColumnProfile, 'variance'>): number | null =>
  variance === null ? null : Math.sqrt(variance);
