import { OTHER } from '../specification/likelihoods/robust.ts';
import { Sample } from '../table/detect/sample.ts';

export const DISTINCT_LIMIT = 64;

/** Result of one pass over a column. Missing values are NaN. */
export interface ColumnSummary {
  readonly rows: number;
  readonly missing: number;
  /** Values that stand for any other outcome than the column's codes or counts. They count for nothing else. */
  readonly others: number;
  readonly zeros: number;
  readonly ones: number;
  readonly integers: boolean;
  /** Over the values. Without values: Infinity, -Infinity, 0 and 0. */
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly variance: number;
  /** Moments of log x; null unless all values are above 0. */
  readonly log: { readonly mean: number; readonly variance: number } | null;
  /** How often each value occurs; null if there are more than {@link DISTINCT_LIMIT}. */
  readonly counts: ReadonlyMap<number, number> | null;
  /** Evenly spaced values; empty unless they are asked for. */
  readonly sample: readonly number[];
}

export interface ObserverSettings {
  /** Whether {@link OTHER} is no value of the column. Default: false. */
  readonly hasOther?: boolean;
  /** Whether to keep a sample of the values. Default: false. */
  readonly sampled?: boolean;
}

export interface ColumnObserver {
  /** Adds a value that occurs `times` times. */
  add(value: number, times?: number): void;
  summary(): ColumnSummary;
}

export function observeColumn({ hasOther = false, sampled = false }: ObserverSettings = {}): ColumnObserver {
  let [missing, zeros, ones, rest, others] = [0, 0, 0, 0, 0];
  const sample = sampled ? new Sample() : null;
  let [minimum, maximum, integers] = [Infinity, -Infinity, true];
  const [moments, logs, distinct] = [runningMoments(), runningMoments(), distinctValues()];
  return {
    add(value, times = 1) {
      if (Number.isNaN(value)) {
        missing += times;
        return;
      }
      if (hasOther && value === OTHER) {
        others += times;
        return;
      }
      if (value === 0) zeros += times;
      else if (value === 1) ones += times;
      else {
        rest += times;
        integers &&= Number.isInteger(value);
        distinct.add(value, times);
      }
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      moments.add(value, times);
      sample?.add(value);
      if (minimum > 0) logs.add(Math.log(value), times);
    },
    summary: () => ({
      rows: missing + others + zeros + ones + rest,
      missing,
      others,
      zeros,
      ones,
      integers,
      minimum,
      maximum,
      ...moments.result(),
      log: minimum > 0 && minimum < Infinity ? logs.result() : null,
      counts: distinct.with(zeros, ones),
      sample: sample?.values() ?? [],
    }),
  };
}

/** Counts values other than 0 and 1, which are counted separately because most pixels are 0 or 1. */
function distinctValues() {
  let counts: Map<number, number> | null = new Map();
  return {
    add(value: number, times: number): void {
      counts?.set(value, (counts.get(value) ?? 0) + times);
      if (counts && counts.size > DISTINCT_LIMIT) counts = null;
    },
    with(zeros: number, ones: number): Map<number, number> | null {
      if (!counts) return null;
      const bits = [[0, zeros] as const, [1, ones] as const].filter(([, times]) => times > 0);
      const all = new Map([...bits, ...counts]);
      return all.size > DISTINCT_LIMIT ? null : all;
    },
  };
}

/** Sums of differences from the first value: exact if large values are close together. */
function runningMoments() {
  let [count, first, sum, squares] = [0, 0, 0, 0];
  return {
    add(value: number, times: number): void {
      if (count === 0) first = value;
      const difference = value - first;
      count += times;
      sum += times * difference;
      squares += times * difference * difference;
    },
    result() {
      const average = sum / Math.max(1, count);
      const variance = Math.max(0, squares / Math.max(1, count) - average ** 2);
      return { mean: first + average, variance };
    },
  };
}
