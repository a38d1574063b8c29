import {
  countWords,
  isShared,
  sharedDomain,
  valueDomain,
  type LikelihoodSpec,
  type SharedLikelihood,
} from '../specification/likelihood.ts';
import type { SpecificationProblem } from '../specification/problem.ts';
import type { ValueDomain } from '../specification/likelihoods/domain.ts';
import { OTHER } from '../specification/likelihoods/robust.ts';
import { countCodes, type ColumnSpec } from '../specification/likelihoods/mixed.ts';
import type { ColumnProfile, DatasetProfile } from './profile.ts';
import { findRange } from './value-range.ts';

/** Rounding error of scaled values allowed at the ends of a range. */
export const TOLERANCE = 1e-6;
/** Maximum number of problems in one answer. */
const MOST_PROBLEMS = 10;

/** Known facts about the columns of a data set. */
export interface KnownColumns {
  readonly profile: DatasetProfile;
  /** Whether the file named its columns. */
  readonly named: boolean;
}

/**
 * The first few columns whose values a likelihood does not explain; `pointer` is inside the likelihood, which must fit the
 * size of a row (likelihoodProblems). {@link needsRowCheck} says whether the profile is not enough to know.
 */
export function fitProblems(
  likelihood: LikelihoodSpec,
  { profile, named }: KnownColumns,
): SpecificationProblem[] {
  const { columns, per_column: perColumn } = profile;
  if (isShared(likelihood))
    return columns.flatMap((column) => findSharedProblem(likelihood, profile, column) ?? []).slice(0, 1);
  if (!perColumn) return [];
  const problems = likelihood.columns.flatMap((spec, i) => {
    const column = columns[i];
    if (!column) return [];
    const found = findColumnProblem(spec, valueDomain(likelihood, i), column, named);
    return found ? [{ ...found, pointer: `/columns/${i}${found.pointer}` }] : [];
  });
  return problems.slice(0, MOST_PROBLEMS);
}

/** Adds what the data set says of its columns where the likelihood does not: words of codes, ranges of numbers. */
export function addColumnFacts(likelihood: LikelihoodSpec, profile: DatasetProfile | null): LikelihoodSpec {
  if (isShared(likelihood) || profile?.per_column !== true) return likelihood;
  const columns = likelihood.columns.map((column, i) => {
    const labels = column.labels ?? profile.columns[i]?.labels;
    const range = column.range === undefined ? findOwnRange(column, profile.columns[i]) : column.range;
    return { ...column, ...(range !== undefined && { range }), ...(labels && { labels: [...labels] }) };
  });
  return { ...likelihood, columns };
}

const findOwnRange = ({ likelihood }: ColumnSpec, known: ColumnProfile | undefined) =>
  known && countCodes(likelihood) === 0 ? findRange(known) : undefined;

function findSharedProblem(
  likelihood: SharedLikelihood,
  { per_column: perColumn }: DatasetProfile,
  column: ColumnProfile,
): SpecificationProblem | null {
  const where = perColumn ? ` in column ${column.name}` : '';
  const domain = sharedDomain(likelihood);
  if (column.labels && column.labels.length > countWords(likelihood))
    return {
      pointer: '',
      found: `words${where}`,
      allowed: 'likelihood mixed, which has categorical columns',
    };
  const found = findValueProblem(domain, column, where);
  if (!found) return null;
  if (found.missing)
    return {
      pointer: '',
      found: found.found,
      allowed: 'likelihood mixed, with missing: true for the column',
    };
  const ways = 'another likelihood, or data uploaded with a scale';
  return { pointer: '', found: found.found, allowed: `${domain.allowed}; or ${ways}` };
}

function findColumnProblem(
  spec: ColumnSpec,
  domain: ValueDomain,
  column: ColumnProfile,
  named: boolean,
): SpecificationProblem | null {
  if (named && spec.name !== column.name)
    return { pointer: '/name', found: spec.name, allowed: `${column.name}, as in the data set` };
  const words = findLabelProblem(spec, column);
  if (words) return words;
  if ((column.other ?? 0) > 0 && domain.low !== OTHER)
    return {
      pointer: '/likelihood',
      found: `${spec.likelihood.family} without other for column ${column.name}, which has values outside its codes or counts`,
      allowed: 'bernoulli, categorical, poisson or negative_binomial with other: {}',
    };
  const found = findValueProblem(domain, column, ` in column ${column.name}`);
  if (!found) return null;
  if (found.missing)
    return { pointer: '/missing', found: found.found, allowed: 'missing: true for this column' };
  const allowed = `${domain.allowed} (the likelihood of the column is ${spec.likelihood.family})`;
  return { pointer: '/likelihood', found: found.found, allowed };
}

function findLabelProblem(
  { likelihood, labels }: ColumnSpec,
  column: ColumnProfile,
): SpecificationProblem | null {
  const { labels: words } = column;
  if (!words) return null;
  const { length } = words;
  if (labels && (labels.length !== length || labels.some((label, code) => label !== words[code])))
    return {
      pointer: '/labels',
      found: 'words that differ from those of the data set',
      allowed: 'no labels: they are taken from the data set',
    };
  if (countCodes(likelihood) === length) return null;
  const allowed = `categorical with ${length} categories${length === 2 ? ', or bernoulli' : ''}`;
  const found = `${likelihood.family} for column ${column.name}, which holds ${length} different words`;
  return { pointer: '/likelihood', found, allowed };
}

/** Finds what is wrong with the values of a column; `where` names the column. */
function findValueProblem(
  { low, high, integer, missing }: ValueDomain,
  column: ColumnProfile,
  where: string,
): { readonly found: string; readonly missing: boolean } | null {
  if (column.missing > 0 && !missing)
    return { found: `missing values${where} (${formatPercent(column.missing)} of the rows)`, missing: true };
  const { minimum, maximum } = column;
  if (minimum === null || maximum === null) return null;
  if (minimum < low - TOLERANCE || maximum > high + TOLERANCE)
    return { found: `values from ${minimum} to ${maximum}${where}`, missing: false };
  if (integer && !column.integers)
    return { found: `values${where} that are not whole numbers`, missing: false };
  return null;
}

const formatPercent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
