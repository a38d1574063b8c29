import type { LikelihoodSpec } from '../specification/likelihood.ts';
import { valueDomain, type ValueDomain } from '../specification/likelihood-domain.ts';
import { TOLERANCE } from './fit.ts';
import type { DatasetProfile } from './profile.ts';

/** A value that a likelihood does not explain; rows and columns are counted from 0. */
export interface RowProblem {
  readonly row: number;
  readonly column: number;
  readonly found: string;
  readonly allowed: string;
}

/** Whether a profile (null: none was made) cannot tell that the likelihood explains every row. */
export function needsRowCheck(likelihood: LikelihoodSpec, profile: DatasetProfile | null): boolean {
  if (profile === null || likelihood.family === 'categorical') return true;
  return likelihood.family === 'mixed' && !profile.per_column;
}

/** A function that looks at whole rows of stored values (a value is stored * scale): the first problem, or null. */
export function rowCheck(
  likelihood: LikelihoodSpec,
  dataSize: number,
  scale: number,
): (stored: ArrayLike<number>) => RowProblem | null {
  const shared = likelihood.family === 'mixed' ? null : valueDomain(likelihood);
  const domains = Array.from({ length: dataSize }, (_, i) => shared ?? valueDomain(likelihood, i));
  const ends = likelihood.family === 'categorical' ? groupEnds(likelihood.groups) : [];
  return (stored) => {
    for (let start = 0; start < stored.length; start += dataSize) {
      const value = (column: number) => (stored[start + column] ?? NaN) * scale;
      const found = valueProblem(domains, value) ?? groupProblem(ends, value);
      if (found) return { row: start / dataSize, ...found };
    }
    return null;
  };
}

type Found = Omit<RowProblem, 'row'>;

function valueProblem(domains: readonly ValueDomain[], value: (column: number) => number): Found | null {
  for (const [column, domain] of domains.entries()) {
    if (isInside(value(column), domain)) continue;
    const found = Number.isNaN(value(column)) ? 'no value' : String(value(column));
    return { column, found, allowed: domain.allowed };
  }
  return null;
}

function isInside(value: number, { low, high, integer, missing }: ValueDomain): boolean {
  if (Number.isNaN(value)) return missing;
  if (value < low - TOLERANCE || value > high + TOLERANCE) return false;
  return !integer || Number.isInteger(value);
}

function groupEnds(groups: readonly number[]): number[] {
  let end = 0;
  return groups.map((size) => (end += size));
}

function groupProblem(ends: readonly number[], value: (column: number) => number): Found | null {
  let start = 0;
  for (const end of ends) {
    let ones = 0;
    for (let column = start; column < end; column++) ones += value(column);
    if (ones > 1) {
      const found = `${ones} ones in the one-hot group of columns ${start + 1} to ${end}`;
      return { column: start, found, allowed: 'one at most' };
    }
    start = end;
  }
  return null;
}
