import { isShared, type LikelihoodSpec } from '../specification/likelihood.ts';
import { rulesOfColumn, type ColumnLikelihoodSpec } from '../specification/likelihoods/mixed.ts';
import { OTHER, type RobustFields } from '../specification/likelihoods/robust.ts';
import { createTrimmedMoments, type MeanAndVariance } from './trimmed-moments.ts';

/** What was counted in each column. */
export interface ColumnCounts {
  /** Number of values other than missing ones and {@link OTHER}. */
  readonly values: Float64Array;
  /** Number of times that each code occurs; undefined if a column's codes are not counted. */
  readonly codes: readonly (Float64Array | undefined)[];
}

export interface RobustStatistics {
  /** For each column, the estimated share of {@link OTHER}; undefined if the column has no such outcome. */
  readonly otherShares: readonly (number | undefined)[];
  /** Moments of the columns with outliers. */
  readonly trimmed: readonly TrimmedColumn[];
}

export interface TrimmedColumn {
  readonly column: number;
  readonly values: MeanAndVariance;
  /** Of the logarithms, if the likelihood needs them. */
  readonly logs?: MeanAndVariance;
}

export interface RobustGathering {
  /** Number of values {@link OTHER} in each column. */
  readonly others: Float64Array;
  /** Takes whole rows of stored values; returns them with NaN in place of {@link OTHER}. */
  add(stored: ArrayLike<number>, scale: number): ArrayLike<number>;
  result(counts: ColumnCounts): RobustStatistics;
}

/** Gathers what columns with the fields `outliers` or `other` need besides the usual; undefined if there are none. */
export function gatherRobust(likelihood: LikelihoodSpec | undefined): RobustGathering | undefined {
  if (likelihood === undefined || isShared(likelihood)) return undefined;
  const specs = likelihood.columns.map((column) => column.likelihood);
  const withOutliers = findColumns(specs, ({ outliers }) => outliers !== undefined);
  const withOther = findColumns(specs, ({ other }) => other !== undefined);
  if (withOutliers.length + withOther.length === 0) return undefined;
  const sample = createTrimmedMoments(withOutliers.length);
  const others = new Float64Array(specs.length);
  return {
    others,
    add(stored, scale) {
      const known = Float64Array.from(stored);
      for (let start = 0; start < known.length; start += specs.length) {
        for (const column of withOther) {
          if ((known[start + column] ?? NaN) * scale !== OTHER) continue;
          others[column] = (others[column] ?? 0) + 1;
          known[start + column] = NaN;
        }
        for (const [i, column] of withOutliers.entries())
          sample.add(i, (known[start + column] ?? NaN) * scale);
      }
      return known;
    },
    result: ({ values, codes }) => ({
      otherShares: specs.map(({ other }: RobustFields, i) => {
        return other && estimateOtherShare(others[i] ?? 0, values[i] ?? 0, codes[i]);
      }),
      trimmed: withOutliers.map((column, i) => {
        const logs = hasLogs(specs[column]) ? { logs: sample.moments(i, true) } : {};
        return { column, values: sample.moments(i), ...logs };
      }),
    }),
  };
}

const hasLogs = (spec: ColumnLikelihoodSpec | undefined): boolean =>
  spec !== undefined && rulesOfColumn(spec).statistics === 'log_moments';

function findColumns(
  specs: readonly ColumnLikelihoodSpec[],
  isAsked: (spec: RobustFields) => boolean,
): number[] {
  return specs.flatMap((spec, i) => (isAsked(spec) ? [i] : []));
}

/** (others + once + 1) / (others + values + 2), where `once` codes occur once. */
function estimateOtherShare(others: number, values: number, codes: Float64Array | undefined): number {
  const once = codes?.filter((count) => count === 1).length ?? 0;
  return (others + once + 1) / (others + values + 2);
}
