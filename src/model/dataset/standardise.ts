import type { ColumnSpec, LikelihoodSpec } from '../specification/likelihood.ts';
import type { ElementStatistics } from './statistics.ts';

/** value = shift + scale * standardised. */
export interface Transform {
  readonly shift: number;
  readonly scale: number;
}

/** Variances below this share of the squared mean are rounding errors of a constant. */
const ROUNDING = 1e-12;

/** Shift and scale that give these values mean 0 and variance 1; a constant is only shifted. */
export function transformOf(mean: number, variance: number): Transform {
  if (!Number.isFinite(mean)) return { shift: 0, scale: 1 };
  const varies = variance > ROUNDING * mean * mean;
  return { shift: mean, scale: varies ? Math.sqrt(variance) : 1 };
}

/** Whether {@link withTransform} has something to add. */
export function needsTransform(likelihood: LikelihoodSpec): boolean {
  if (likelihood.family === 'mixed') return likelihood.columns.some(columnNeeds);
  if (likelihood.family !== 'gaussian') return false;
  return likelihood.standardise === 'per_element' && !likelihood.transform;
}

/**
 * The specification with the transforms that it asks for and does not have, from statistics of the training rows. Given
 * transforms stay: done twice it is done once.
 */
export function withTransform(likelihood: LikelihoodSpec, statistics: ElementStatistics): LikelihoodSpec {
  if (!needsTransform(likelihood)) return likelihood;
  if (likelihood.family === 'mixed')
    return {
      ...likelihood,
      columns: likelihood.columns.map((column, i) => completed(column, i, statistics)),
    };
  if (likelihood.family !== 'gaussian') return likelihood;
  const transforms = Array.from(statistics.mean, (mean, i) => transformOf(mean, statistics.variance[i] ?? 0));
  const transform = {
    shift: transforms.map(({ shift }) => shift),
    scale: transforms.map(({ scale }) => scale),
  };
  return { ...likelihood, transform };
}

function columnNeeds({ likelihood }: ColumnSpec): boolean {
  if (likelihood.family !== 'gaussian' && likelihood.family !== 'log_normal') return false;
  return likelihood.standardise === 'per_element' && !likelihood.transform;
}

function completed(column: ColumnSpec, i: number, statistics: ElementStatistics): ColumnSpec {
  const { likelihood } = column;
  if (!columnNeeds(column)) return column;
  if (likelihood.family === 'gaussian') {
    const transform = transformOf(statistics.mean[i] ?? 0, statistics.variance[i] ?? 0);
    return { ...column, likelihood: { ...likelihood, transform } };
  }
  if (likelihood.family !== 'log_normal') return column;
  const transform = transformOf(statistics.logMean?.[i] ?? 0, statistics.logVariance?.[i] ?? 0);
  return { ...column, likelihood: { ...likelihood, transform } };
}
