import Type, { type Static } from 'typebox';
import type { LikelihoodDescription, LikelihoodSizes, RowRules } from './likelihoods/description.ts';
import type { SpecificationProblem } from './problem.ts';
import { sizes } from './likelihoods/description.ts';
import type { ValueDomain } from './likelihoods/domain.ts';
import { describedLikelihood, ROW_FIELDS, type ColumnFamily } from './likelihoods/likelihoods.ts';
import {
  columnDomain,
  MIXED_FIELDS,
  rulesOfColumn,
  tableProblems,
  tableSizes,
  type ColumnLikelihoodSpec,
  type ValueRange,
} from './likelihoods/mixed.ts';
import { needsRobustNumbers } from './likelihoods/robust.ts';
import { tagged } from './schema.ts';

const FIELDS = { ...ROW_FIELDS, mixed: MIXED_FIELDS };

export const Likelihood = tagged('Likelihood', 'family', FIELDS, 'bernoulli');
/** Without a default, to distinguish an order without a likelihood from one with `bernoulli`. */
export const ChosenLikelihood = Type.Unsafe<LikelihoodSpec>({
  ...tagged('Likelihood', 'family', FIELDS),
  description: 'p(x|z). Default: the likelihood proposed for the data set (`GET /datasets/{id}`).',
});
export type LikelihoodSpec = Static<typeof Likelihood>;
export type LikelihoodName = LikelihoodSpec['family'];
/** The specification of one family. */
export type LikelihoodOf<Family extends LikelihoodName> = Extract<LikelihoodSpec, { family: Family }>;
export type ColumnOf<Family extends ColumnFamily> = Extract<ColumnLikelihoodSpec, { family: Family }>;

/** One likelihood for all elements. */
export type SharedLikelihood = Exclude<LikelihoodSpec, { family: 'mixed' }>;

export const isShared = (spec: LikelihoodSpec): spec is SharedLikelihood => spec.family !== 'mixed';

function rulesOf({ family }: SharedLikelihood): RowRules<SharedLikelihood> {
  const { row } = describedLikelihood(family);
  if (row === null) throw new RangeError(`${family} is not offered for whole rows`);
  return row.rules as RowRules<SharedLikelihood>;
}

/** The values that one element of a row may have. With one likelihood for all elements, every element has the same domain. */
export function valueDomain(spec: LikelihoodSpec, element = 0): ValueDomain {
  if (isShared(spec)) return { ...rulesOf(spec).domain(spec), missing: spec.missing === true };
  const column = spec.columns[element];
  if (!column) throw new RangeError(`no column ${element} of ${spec.columns.length}`);
  return columnDomain(column);
}

/** The domain of every element; its text also names the likelihood. */
export function sharedDomain(spec: SharedLikelihood): ValueDomain {
  const { title } = rulesOf(spec);
  const { allowed, ...rest } = valueDomain(spec);
  return { ...rest, allowed: `${allowed} (the likelihood is ${title?.(spec) ?? spec.family})` };
}

export function likelihoodSizes(spec: LikelihoodSpec, dataSize: number): LikelihoodSizes {
  if (!isShared(spec)) return tableSizes(spec.columns);
  const own = rulesOf(spec).sizes?.(spec, dataSize) ?? sizes(dataSize, dataSize);
  return spec.missing === true ? { ...own, input: own.input + dataSize } : own;
}

/** Problems of a likelihood's fields with each other and with the size of a row. */
export function likelihoodProblems(spec: LikelihoodSpec, dataSize: number): SpecificationProblem[] {
  if (!isShared(spec)) return tableProblems(spec.columns, dataSize);
  return rulesOf(spec).problems?.(spec, dataSize) ?? [];
}

/** Number of different words that an element may have. */
export const countWords = (spec: SharedLikelihood): number => rulesOf(spec).codes ?? 0;

/** Sizes of one-hot groups (at most one element of each is 1); null if there are none. */
export const oneHotGroups = (spec: LikelihoodSpec): readonly number[] | null =>
  isShared(spec) ? (rulesOf(spec).oneHotGroups?.(spec) ?? null) : null;

/** One description for all elements, or one per column. */
function describeElements(spec: LikelihoodSpec): LikelihoodDescription[] {
  if (isShared(spec)) return [describedLikelihood(spec.family)];
  return spec.columns.map(({ likelihood }) => describedLikelihood(likelihood.family));
}

/** Whether log p of a row is a log density, at least for some elements. */
export const isDensity = (spec: LikelihoodSpec): boolean =>
  describeElements(spec).some(({ measure }) => measure === 'density');

/** Whether a row can be sampled as a cheap function of noise. */
export const canSample = (spec: LikelihoodSpec): boolean =>
  describeElements(spec).every(({ ofCounts = false }) => !ofCounts);

/** Indices of the elements whose likelihood satisfies a condition. */
export function selectElements(
  spec: LikelihoodSpec,
  dataSize: number,
  isSelected: (description: LikelihoodDescription) => boolean,
): number[] {
  const described = describeElements(spec);
  const [shared] = described;
  return Array.from({ length: dataSize }, (_, i) => i).filter((i) => {
    const description = isShared(spec) ? shared : described[i];
    return description !== undefined && isSelected(description);
  });
}

/** Whether values may be binarized: each is the probability of a 1. */
export const takesBinarization = (spec: LikelihoodSpec): boolean =>
  isShared(spec) && describedLikelihood(spec.family).ofBits === true;

/** Whether any value of a row may be missing. */
export const mayMiss = (spec: LikelihoodSpec): boolean =>
  isShared(spec) ? spec.missing === true : spec.columns.some(({ missing }) => missing);

/** The range that samples of each element stay in; null where there is none. */
export const listRanges = (spec: LikelihoodSpec): (ValueRange | null)[] =>
  isShared(spec) ? [] : spec.columns.map(({ range }) => range ?? null);

/** The same likelihood for rows of which any value may be missing. */
export const withMissingValues = (spec: LikelihoodSpec): LikelihoodSpec =>
  isShared(spec)
    ? { ...spec, missing: true }
    : { ...spec, columns: spec.columns.map((column) => ({ ...column, missing: true })) };

/** Whether numbers of the specification are to be computed from statistics of the training rows, and are not there yet. */
export function needsStatistics(spec: LikelihoodSpec): boolean {
  if (isShared(spec)) return needsTransform(spec);
  return spec.columns.some(({ likelihood }) => {
    const domain = rulesOfColumn(likelihood).domain(likelihood);
    return needsTransform(likelihood) || needsRobustNumbers(likelihood, domain);
  });
}

/** Whether a transform is to be computed. */
export function needsTransform(spec: SharedLikelihood | ColumnLikelihoodSpec): boolean {
  return 'standardise' in spec && spec.standardise === 'per_element' && !spec.transform;
}
