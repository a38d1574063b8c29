import { isShared, type LikelihoodSpec } from '../specification/likelihood.ts';
import { countCodes, rulesOfColumn } from '../specification/likelihoods/mixed.ts';
import { gatherRobust, type TrimmedColumn } from './robust-statistics.ts';

/**
 * Statistics of each element over the training rows, [data_size], without missing values (NaN) and without the outcome `other`.
 * Moments of columns that explain outliers are trimmed (trimmed-moments.ts).
 */
export interface ElementStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Moments of log x, for elements whose likelihood needs them. */
  readonly logMean?: Float64Array;
  readonly logVariance?: Float64Array;
  /** Share of each code, for elements that hold category codes. */
  readonly frequencies?: readonly (Float64Array | undefined)[];
  /**
   * For elements with the outcome `other`: an estimate of its probability in a new row, (others + once + 1) / (values + 2),
   * where `once` codes occur in a single row (Good's estimate of the probability of what was never seen; Laplace's rule keeps it
   * above 0).
   */
  readonly otherShares?: readonly (number | undefined)[];
  /** Share of rows in which the element is missing. */
  readonly missing?: Float64Array;
}

export interface StatisticsGathering {
  /** Whole rows of stored values, one row after another; a value is stored * scale. */
  add(stored: ArrayLike<number>, scale?: number): void;
  result(): ElementStatistics;
}

/** Gathers in one pass the statistics that the {@link LikelihoodSpec} needs. */
export function gatherStatistics(dataSize: number, likelihood?: LikelihoodSpec): StatisticsGathering {
  const values = createMoments(dataSize);
  const logarithms = findLogarithmColumns(likelihood);
  const logs = logarithms.length > 0 ? createMoments(dataSize) : undefined;
  const counts = createCounts(likelihood);
  const robust = gatherRobust(likelihood);
  let rows = 0;
  return {
    add(given, scale = 1) {
      rows += given.length / dataSize;
      const stored = robust?.add(given, scale) ?? given;
      values.addRows(stored, scale);
      for (let row = 0; row < stored.length; row += dataSize) {
        for (const column of logarithms) logs?.add(column, Math.log((stored[row + column] ?? NaN) * scale));
        counts.forEach((own, column) => {
          const code = (stored[row + column] ?? NaN) * scale;
          if (own && code in own) own[code] = (own[code] ?? 0) + 1;
        });
      }
    },
    result() {
      const plain = {
        mean: values.mean(),
        variance: values.variance(),
        missing: values.counts.map((count, i) => 1 - (count + (robust?.others[i] ?? 0)) / rows),
        ...(logs && { logMean: logs.mean(), logVariance: logs.variance() }),
        ...(counts.length > 0 && { frequencies: counts.map(toShares) }),
      };
      if (!robust) return plain;
      const { otherShares, trimmed } = robust.result({ values: values.counts, codes: counts });
      return { ...replaceMoments(plain, trimmed), otherShares };
    },
  };
}

function replaceMoments(plain: ElementStatistics, trimmed: readonly TrimmedColumn[]): ElementStatistics {
  const [mean, variance] = [plain.mean.slice(), plain.variance.slice()];
  const [logMean, logVariance] = [plain.logMean?.slice(), plain.logVariance?.slice()];
  for (const { column, values, logs } of trimmed) {
    mean[column] = values.mean;
    variance[column] = values.variance;
    if (!logs || !logMean || !logVariance) continue;
    logMean[column] = logs.mean;
    logVariance[column] = logs.variance;
  }
  return { ...plain, mean, variance, ...(logMean && { logMean }), ...(logVariance && { logVariance }) };
}

/** Sums of differences from each element's first value: exact if large values are close together. Without values: 0. */
function createMoments(size: number) {
  const [counts, first] = [new Float64Array(size), new Float64Array(size)];
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)];
  const average = (i: number) => (sums[i] ?? 0) / Math.max(1, counts[i] ?? 0);
  const add = (element: number, value: number): void => {
    if (!Number.isFinite(value)) return;
    const count = counts[element] ?? 0;
    if (count === 0) first[element] = value;
    const difference = value - (first[element] ?? 0);
    counts[element] = count + 1;
    sums[element] = (sums[element] ?? 0) + difference;
    squares[element] = (squares[element] ?? 0) + difference * difference;
  };
  return {
    counts,
    add,
    addRows(stored: ArrayLike<number>, scale: number): void {
      for (let i = 0, element = 0; i < stored.length; i++) {
        add(element, (stored[i] ?? NaN) * scale);
        element = element + 1 === size ? 0 : element + 1;
      }
    },
    mean: () => first.map((value, i) => value + average(i)),
    variance: () =>
      squares.map((total, i) => Math.max(0, total / Math.max(1, counts[i] ?? 0) - average(i) ** 2)),
  };
}

/** Finds the columns whose logarithms are needed. */
function findLogarithmColumns(likelihood: LikelihoodSpec | undefined): number[] {
  if (likelihood === undefined || isShared(likelihood)) return [];
  return likelihood.columns.flatMap((column, i) =>
    rulesOfColumn(column.likelihood).statistics === 'log_moments' ? [i] : [],
  );
}

/** Creates zeroed counts of codes for columns that need their shares. */
function createCounts(likelihood: LikelihoodSpec | undefined): (Float64Array | undefined)[] {
  if (likelihood === undefined || isShared(likelihood)) return [];
  return likelihood.columns.map(({ likelihood: own }) =>
    rulesOfColumn(own).statistics === 'frequencies' ? new Float64Array(countCodes(own)) : undefined,
  );
}

function toShares(counts: Float64Array | undefined): Float64Array | undefined {
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return counts?.map((count) => (total > 0 ? count / total : 1 / counts.length));
}
