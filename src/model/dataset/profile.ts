import Type, { type Static } from 'typebox';
import { LIKELIHOOD_LIMITS } from '../specification/limits.ts';
import { closed, numberOrNull } from '../specification/schema.ts';
import type { ColumnSummary } from './column.ts';
import { COLUMN_KINDS, decideKind, type ColumnKind } from './column-kind.ts';
import { columnName, FEATURE_ROLES, type FeatureRole } from './described-features.ts';
import { isFlag } from './labels.ts';
import { observeBytes, observeNumbers, type Observer } from './observers.ts';

export const ColumnProfile = Type.Object(
  {
    name: Type.String(),
    kind: Type.Unsafe<ColumnKind>({ type: 'string', enum: [...COLUMN_KINDS] }),
    reason: Type.String({ description: 'Why the column has this kind.' }),
    missing: Type.Number({ description: 'Share of the rows without a value.' }),
    minimum: numberOrNull(
      'Over the values that are not missing; null if there are none. For words: over their codes.',
    ),
    maximum: numberOrNull('As minimum.'),
    mean: numberOrNull('As minimum.'),
    variance: numberOrNull('As minimum.'),
    zeros: Type.Number({ description: 'Share of the values that are exactly 0.' }),
    extremes: Type.Number({ description: 'Share of the values that are exactly 0 or 1.' }),
    integers: Type.Boolean({ description: 'Whether every value is a whole number.' }),
    distinct: numberOrNull('Number of different values; null if there are many.'),
    labels: Type.Optional(Type.Array(Type.String(), { description: 'The words for codes 0, 1, and so on.' })),
    shares: Type.Optional(
      Type.Array(Type.Number(), {
        description:
          'How often each of the labels occurs, as a share of the values; absent if there are many labels.',
      }),
    ),
    role: Type.Optional(
      Type.Unsafe<FeatureRole>({
        type: 'string',
        enum: [...FEATURE_ROLES],
        description: 'For a table: the role of the column, or the part of a datetime.',
      }),
    ),
    other: Type.Optional(
      Type.Number({
        description:
          'For a table: share of the values that are stored as -1, because their word is not kept or they are not counts. All other fields here leave them out.',
      }),
    ),
    decimals: Type.Optional(
      Type.Number({ description: 'For a table: to how many decimal places numbers are given.' }),
    ),
  },
  closed,
);
export type ColumnProfile = Static<typeof ColumnProfile>;

export const DatasetProfile = Type.Object(
  {
    per_column: Type.Boolean({
      description: `Whether each column has its own entry, as for rows of one axis with at most ${LIKELIHOOD_LIMITS.columns} values. Otherwise one entry is for all values together.`,
    }),
    columns: Type.Array(ColumnProfile),
  },
  { ...closed, title: 'DatasetProfile' },
);
export type DatasetProfile = Static<typeof DatasetProfile>;

/** Names and words of a file's columns. */
export interface ColumnNames {
  /** Null if the columns have no names. */
  readonly names: readonly string[] | null;
  /** For each column, the words for its codes; null if it holds numbers. */
  readonly labels: readonly (readonly string[] | null)[];
}

export interface Profiler {
  /** Adds stored values in row order; chunks may end between any two values. */
  add(stored: Uint8Array | Float32Array): void;
  result(scale: number, names?: ColumnNames): DatasetProfile;
}

/** Whether rows of this shape are profiled column by column. */
export const isPerColumn = (rowShape: readonly number[]): boolean =>
  rowShape.length === 1 && (rowShape[0] ?? 0) <= LIKELIHOOD_LIMITS.columns;

/** `scale` applies to float32 values as they arrive. For bytes, `result` takes the scale. */
export function profiler(rowShape: readonly number[], dtype: 'uint8' | 'float32', scale: number): Profiler {
  const perColumn = isPerColumn(rowShape);
  const columns = perColumn ? (rowShape[0] ?? 1) : 1;
  const observer = (dtype === 'uint8' ? observeBytes(columns) : observeNumbers(columns, scale)) as Observer<
    Uint8Array | Float32Array
  >;
  return {
    add(stored) {
      observer.add(stored);
    },
    result(finalScale, { names, labels } = { names: null, labels: [] }) {
      const profiles = observer.summaries(finalScale).map((summary, i) => {
        const name = perColumn ? (names?.[i] ?? columnName(i)) : 'values';
        return profileOf(name, summary, keepSeenLabels(labels[i], summary));
      });
      return { per_column: perColumn, columns: profiles };
    },
  };
}

/** Keeps the words that occur in these rows; other rows may have more. A yes/no column keeps both words. */
function keepSeenLabels(
  labels: readonly string[] | null | undefined,
  { rows, missing, maximum }: ColumnSummary,
): readonly string[] | undefined {
  if (!labels || missing === rows) return undefined;
  return labels.slice(0, Math.max(maximum + 1, isFlag(labels.slice(0, 2)) ? 2 : 0));
}

export function profileOf(name: string, summary: ColumnSummary, labels?: readonly string[]): ColumnProfile {
  const { rows, missing, others, zeros, ones, integers, counts } = summary;
  const values = rows - missing - others;
  const number = (value: number) => (values > 0 ? value : null);
  return {
    name,
    ...decideKind(summary, labels),
    missing: rows > 0 ? missing / rows : 0,
    minimum: number(summary.minimum),
    maximum: number(summary.maximum),
    mean: number(summary.mean),
    variance: number(summary.variance),
    zeros: values > 0 ? zeros / values : 0,
    extremes: values > 0 ? (zeros + ones) / values : 0,
    integers,
    distinct: counts?.size ?? null,
    ...(labels && { labels: [...labels] }),
    ...(labels && counts && { shares: labels.map((_, code) => (counts.get(code) ?? 0) / values) }),
  };
}
