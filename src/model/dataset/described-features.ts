import {
  listFeatures,
  PART_LABELS,
  type ColumnWithRole,
  type Feature,
  type TableColumn,
  type TableSchema,
} from '../table.ts';

/** What a feature of a table is: the role of its column, or a part of a datetime. */
export const FEATURE_ROLES = [
  'number',
  'count',
  'flag',
  'category',
  'time',
  'hour',
  'weekday',
  'month',
] as const;
export type FeatureRole = (typeof FEATURE_ROLES)[number];

/** One column of the matrix, as the roles of the table describe it. */
export interface DescribedFeature {
  readonly name: string;
  readonly role: FeatureRole;
  /** The words for codes 0, 1, ...; null if values are numbers, or 0 and 1. */
  readonly labels: readonly string[] | null;
  /** Decimal places of numbers; null if values are no numbers, or not rounded. */
  readonly decimals: number | null;
}

/** In the order of the matrix. */
export function describeFeatures(table: TableSchema): DescribedFeature[] {
  return listFeatures(table).map((feature) => {
    const column = table.columns[feature.column];
    if (column === undefined) throw new RangeError(`no column ${feature.column}`);
    return describeFeature(feature, column);
  });
}

function describeFeature({ name, part }: Feature, column: TableColumn): DescribedFeature {
  const plain = { name, labels: null, decimals: null };
  if (part !== 'value') return { ...plain, role: part, labels: PART_LABELS[part] };
  if (column.role === 'flag' || column.role === 'category')
    return { ...plain, role: column.role, labels: nameCodes(column) };
  if (column.role === 'number' || column.role === 'count')
    return { ...plain, role: column.role, decimals: column.decimals };
  throw new RangeError(`column ${column.name} (${column.role}) has no value to model`);
}

/** Labels 0 and 1 say nothing about codes 0 and 1. */
const nameCodes = ({ labels, cells }: ColumnWithRole<'flag' | 'category'>): readonly string[] | null =>
  cells === 'number' && labels.every((label, code) => label === String(code)) ? null : labels;

/** Whether -1 stands for another outcome in such a feature. */
export const hasOtherOutcome = (role: FeatureRole): boolean => HAS_OTHER[role];

const HAS_OTHER: { readonly [Role in FeatureRole]: boolean } = {
  number: false,
  count: true,
  flag: true,
  category: true,
  time: false,
  hour: false,
  weekday: false,
  month: false,
};

/** Default name of a column. */
export const columnName = (column: number): string => `column_${column + 1}`;

/** Whether the columns have no names of their own, so that the file may hold pictures or bits as well as a table. */
export const isUnnamed = ({ columns }: TableSchema): boolean =>
  columns.every(({ name }, i) => name === columnName(i));
