import Type, { type Static } from 'typebox';
import { LIKELIHOOD_LIMITS } from '../limits.ts';
import { allowNull, closed, tagged } from '../schema.ts';
import type { SpecificationProblem } from '../problem.ts';
import type { ColumnRules, LikelihoodSizes } from './description.ts';
import type { ValueDomain } from './domain.ts';
import { COLUMN_FIELDS, describedLikelihood } from './likelihoods.ts';
import { widenDomain } from './robust.ts';

const ColumnLikelihood = tagged('ColumnLikelihood', 'family', COLUMN_FIELDS);
export type ColumnLikelihoodSpec = Static<typeof ColumnLikelihood>;

const word = Type.String({ minLength: 1, maxLength: LIKELIHOOD_LIMITS.nameCharacters });

const Range = Type.Object(
  { minimum: Type.Number(), maximum: Type.Number() },
  { ...closed, title: 'ValueRange' },
);
export type ValueRange = Static<typeof Range>;

const Column = Type.Object(
  {
    name: word,
    likelihood: ColumnLikelihood,
    missing: Type.Boolean({
      default: false,
      description: 'Whether values may be missing. If so, the encoder gets an indicator of missing values.',
    }),
    range: Type.Optional(
      allowNull(Range, {
        description:
          'For numbers and counts: samples beyond this range become its nearest end. It changes neither training nor densities. Of values as they are stored, that is less the offset of their column. null: samples are not limited. Default: the minimum and maximum of the data set without its test rows.',
      }),
    ),
    labels: Type.Optional(
      Type.Array(word, {
        minItems: 1,
        maxItems: LIKELIHOOD_LIMITS.categories,
        description:
          'categorical, bernoulli: the words for codes 0, 1, ..., used in requests and answers. Default: the words of the data set, if it has any.',
      }),
    ),
  },
  { ...closed, title: 'Column' },
);
export type ColumnSpec = Static<typeof Column>;

export const MIXED_FIELDS = {
  columns: Type.Array(Column, {
    minItems: 1,
    maxItems: LIKELIHOOD_LIMITS.columns,
    description: 'One per element of a row, in the same order. A missing value is stored as NaN.',
  }),
} as const;

export function rulesOfColumn({ family }: ColumnLikelihoodSpec): ColumnRules<ColumnLikelihoodSpec> {
  const { column } = describedLikelihood(family);
  if (column === null) throw new RangeError(`${family} is not offered for columns`);
  return column.rules as ColumnRules<ColumnLikelihoodSpec>;
}

/** Number of codes of a column; 0 if its values are numbers. */
export const countCodes = (spec: ColumnLikelihoodSpec): number => rulesOfColumn(spec).codes?.(spec) ?? 0;

export function columnDomain({ likelihood, missing }: ColumnSpec): ValueDomain {
  return { ...widenDomain(rulesOfColumn(likelihood).domain(likelihood), likelihood), missing };
}

/** The encoder also gets an indicator for each column that may have missing values. */
export function tableSizes(columns: readonly ColumnSpec[]): LikelihoodSizes {
  const own = columns.map(({ likelihood }) => rulesOfColumn(likelihood).sizes(likelihood));
  const indicators = columns.filter(({ missing }) => missing).length;
  return {
    input: own.reduce((sum, { input }) => sum + input, indicators),
    output: own.reduce((sum, { output }) => sum + output, 0),
    extraShapes: {},
  };
}

export function tableProblems(columns: readonly ColumnSpec[], dataSize: number): SpecificationProblem[] {
  const names = new Set<string>();
  const size = {
    pointer: '/columns',
    found: `${columns.length} columns`,
    allowed: `${dataSize}, the size of a row`,
  };
  const own = columns.flatMap((column, i) => {
    const pointer = `/columns/${i}`;
    const name = { pointer: `${pointer}/name`, found: 'a name used before', allowed: 'a unique name' };
    const isTwice = names.has(column.name);
    names.add(column.name);
    return [
      ...(isTwice ? [name] : []),
      ...rangeProblems(column, `${pointer}/range`),
      ...labelProblems(column, `${pointer}/labels`),
    ];
  });
  return [...(columns.length === dataSize ? [] : [size]), ...own];
}

function rangeProblems({ range, likelihood }: ColumnSpec, pointer: string): SpecificationProblem[] {
  if (!range) return [];
  const { minimum, maximum } = range;
  if (countCodes(likelihood) > 0)
    return [{ pointer, found: `a range of ${likelihood.family} values`, allowed: 'none' }];
  const found = `from ${minimum} to ${maximum}`;
  if (minimum > maximum) return [{ pointer, found, allowed: 'a minimum that is not above the maximum' }];
  const { integer } = rulesOfColumn(likelihood).domain(likelihood);
  const isWhole = Number.isInteger(minimum) && Number.isInteger(maximum);
  return integer && !isWhole ? [{ pointer, found, allowed: 'whole numbers, for counts' }] : [];
}

function labelProblems({ labels, likelihood }: ColumnSpec, pointer: string): SpecificationProblem[] {
  if (!labels) return [];
  const codes = countCodes(likelihood);
  if (codes === 0) return [{ pointer, found: `labels of ${likelihood.family} values`, allowed: 'none' }];
  if (labels.length !== codes) {
    const [found, allowed] = [`${labels.length} labels`, `${codes}, one for each code`];
    return [{ pointer, found, allowed }];
  }
  const isTwice = new Set(labels).size < labels.length;
  return isTwice ? [{ pointer, found: 'a label used before', allowed: 'unique labels' }] : [];
}
