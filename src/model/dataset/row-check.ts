import { isShared, oneHotGroups, valueDomain, type LikelihoodSpec } from '../specification/likelihood.ts';
import { isInside, type ValueDomain } from '../specification/likelihoods/domain.ts';
import { TOLERANCE } from './fit.ts';
import type { DatasetProfile } from './profile.ts';

/** A value that a likelihood does not explain; rows and columns are counted from 0. */
export interface RowProblem {
  readonly row: number;
  readonly column: number;
  readonly found: string;
  readonly allowed: string;
}

/** Whether the profile (null: there is none) is not enough to know that the likelihood explains every row. */
export function needsRowCheck(likelihood: LikelihoodSpec, profile: DatasetProfile | null): boolean {
  if (profile === null || oneHotGroups(likelihood) !== null) return true;
  return !isShared(likelihood) && !profile.per_column;
}

/** Creates a function that finds the first problem in whole rows of stored values (a value is stored * scale), or null. */
export function createRowCheck(
  likelihood: LikelihoodSpec,
  dataSize: number,
  scale: number,
): (stored: ArrayLike<number>) => RowProblem | null {
  const shared = isShared(likelihood) ? valueDomain(likelihood) : null;
  const domains = Array.from({ length: dataSize }, (_, i) => shared ?? valueDomain(likelihood, i));
  const ends = findGroupEnds(oneHotGroups(likelihood) ?? []);
  return (stored) => {
    for (let start = 0; start < stored.length; start += dataSize) {
      const value = (column: number) => (stored[start + column] ?? NaN) * scale;
      const found = findValueProblem(domains, value) ?? findGroupProblem(ends, value);
      if (found) return { row: start / dataSize, ...found };
    }
    return null;
  };
}

type Found = Omit<RowProblem, 'row'>;

function findValueProblem(domains: readonly ValueDomain[], value: (column: number) => number): Found | null {
  for (const [column, domain] of domains.entries()) {
    if (isInside(value(column), domain, TOLERANCE)) continue;
    const found = Number.isNaN(value(column)) ? 'no value' : String(value(column));
    return { column, found, allowed: domain.allowed };
  }
  return null;
}

function findGroupEnds(groups: readonly number[]): number[] {
  let end = 0;
  return groups.map((size) => (end += size));
}

function findGroupProblem(ends: readonly number[], value: (column: number) => number): Found | null {
  let start = 0;
  for (const end of ends) {
    let ones = 0;
    for (let column = start; column < end; column++) ones += value(column);
    if (ones > 1) {
      const found = `${ones} ones in the one-hot group of columns ${start + 1} to ${end}`;
      return { column: start, found, allowed: 'at most one' };
    }
    start = end;
  }
  return null;
}
