import { isShared, needsTransform, type LikelihoodSpec } from '../specification/likelihood.ts';
import { rulesOfColumn, type ColumnSpec } from '../specification/likelihoods/mixed.ts';
import type { ElementStatistics } from './statistics.ts';

/** value = shift + scale * standardised. */
export interface Transform {
  readonly shift: number;
  readonly scale: number;
}

/** A variance below this share of the squared mean is a constant's rounding error. */
const ROUNDING = 1e-12;

/** Shift and scale that give these values mean 0 and variance 1; a constant is only shifted. */
export function transformOf(mean: number, variance: number): Transform {
  if (!Number.isFinite(mean)) return { shift: 0, scale: 1 };
  const varies = variance > ROUNDING * mean * mean;
  return { shift: mean, scale: varies ? Math.sqrt(variance) : 1 };
}

/**
 * Adds the transforms that the specification asks for and does not have, from statistics of the training rows. It keeps
 * given transforms, so it is idempotent.
 */
export function addTransform(likelihood: LikelihoodSpec, statistics: ElementStatistics): LikelihoodSpec {
  if (!needsTransform(likelihood)) return likelihood;
  if (!isShared(likelihood)) {
    const columns = likelihood.columns.map((column, i) => addColumnTransform(column, i, statistics));
    return { ...likelihood, columns };
  }
  if (!('standardise' in likelihood)) return likelihood;
  const transforms = Array.from(statistics.mean, (mean, i) => transformOf(mean, statistics.variance[i] ?? 0));
  const transform = {
    shift: transforms.map(({ shift }) => shift),
    scale: transforms.map(({ scale }) => scale),
  };
  return { ...likelihood, transform };
}

function addColumnTransform(column: ColumnSpec, i: number, statistics: ElementStatistics): ColumnSpec {
  const { likelihood } = column;
  if (!needsTransform(likelihood) || !('standardise' in likelihood)) return column;
  const ofLogs = rulesOfColumn(likelihood).statistics === 'log_moments';
  const { mean, variance, logMean, logVariance } = statistics;
  const moments = ofLogs ? { mean: logMean, variance: logVariance } : { mean, variance };
  const transform = transformOf(moments.mean?.[i] ?? 0, moments.variance?.[i] ?? 0);
  return { ...column, likelihood: { ...likelihood, transform } };
}
