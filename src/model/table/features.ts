import { LIKELIHOOD_LIMITS } from '../specification/limits.ts';
import type { Role, TableColumn, TableSchema, TimePart } from './schema.ts';

/** One column of the matrix that a model learns from. */
export interface Feature {
  readonly name: string;
  /** Index in the schema's columns. */
  readonly column: number;
  readonly part: 'value' | TimePart;
}

/** The words for codes 0, 1, ... of a part of a datetime; null for the time itself. */
export const PART_LABELS: { readonly [Part in TimePart]: readonly string[] | null } = {
  time: null,
  hour: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
  weekday: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  month: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
};

const IS_MODELLED: { readonly [Name in Role]: boolean } = {
  number: true,
  count: true,
  flag: true,
  category: true,
  datetime: true,
  id: false,
  text: false,
  label: false,
  ignore: false,
};

/** Whether a column with this role has features. */
export const isModelled = (role: Role): boolean => IS_MODELLED[role];

/** Indices of the columns that have features, in the order of the file. */
export const listModelledColumns = ({ columns }: TableSchema): number[] =>
  columns.flatMap(({ role }, index) => (isModelled(role) ? [index] : []));

/** The features of a table in the order of the matrix. Names are unique. */
export function listFeatures({ columns }: TableSchema): Feature[] {
  const taken = new Set(columns.map(({ name }) => name));
  return columns.flatMap((column, index) =>
    listParts(column).map((part) => ({ name: nameFeature(column.name, part, taken), column: index, part })),
  );
}

function listParts(column: TableColumn): readonly Feature['part'][] {
  if (column.role === 'datetime') return column.parts;
  return isModelled(column.role) ? ['value'] : [];
}

/** `ordered_at`, `ordered_at (weekday)`; shortened and numbered where another column has that name or it is too long. */
function nameFeature(column: string, part: Feature['part'], taken: Set<string>): string {
  if (part === 'value' || part === 'time') return column;
  for (let attempt = 1; ; attempt++) {
    const suffix = attempt === 1 ? ` (${part})` : ` (${part} ${attempt})`;
    const name = column.slice(0, LIKELIHOOD_LIMITS.nameCharacters - suffix.length) + suffix;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** The features of each modelled column, by its index in the table. */
export function groupFeatures(table: TableSchema): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  listFeatures(table).forEach(({ column }, feature) => {
    groups.set(column, [...(groups.get(column) ?? []), feature]);
  });
  return groups;
}
