import Type from 'typebox';
import { oneOf } from '../schema.ts';
import type { SpecificationProblem } from '../problem.ts';
import { describeColumn, describeRows } from './description.ts';
import { REAL, UNIT_INTERVAL } from './domain.ts';
import {
  columnMinimum,
  rowMinimum,
  standardisedColumn,
  standardisedRows,
  transformProblems,
} from './fields.ts';
import { numberOutliers } from './robust.ts';

const fields = {
  mean: oneOf(['free', 'unit_interval'], 'free', 'unit_interval: a sigmoid keeps the mean in (0, 1).'),
  variance: oneOf(
    ['per_element', 'shared', 'fixed'],
    'per_element',
    'per_element: the decoder outputs a log variance per element (eq. C.2); shared: one learned log variance for all; fixed: standard_deviation for all. In standardised units if values are standardised.',
  ),
  standard_deviation: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1e6,
      description: 'Only for variance fixed; in standardised units if values are standardised. Default: 1.',
    }),
  ),
  ...rowMinimum,
  ...standardisedRows,
} as const;

const SQUASHED: SpecificationProblem = {
  pointer: '/mean',
  found: 'unit_interval of standardised values',
  allowed: 'free, or values that are not standardised',
};

const row = describeRows(fields, {
  domain: ({ mean }) => (mean === 'unit_interval' ? UNIT_INTERVAL : REAL),
  title: ({ mean }) => (mean === 'unit_interval' ? 'gaussian with mean unit_interval' : 'gaussian'),
  sizes: ({ variance }, dataSize) => ({
    input: dataSize,
    output: variance === 'per_element' ? 2 * dataSize : dataSize,
    extraShapes: variance === 'shared' ? { log_variance: [1] } : {},
  }),
  problems({ mean, variance, standardise, transform, standard_deviation: deviation }, dataSize) {
    const isStandardised = standardise === 'per_element' || transform !== undefined;
    const unused = {
      pointer: '/standard_deviation',
      found: `a standard deviation with variance ${variance}`,
      allowed: 'variance fixed',
    };
    return [
      ...(mean === 'unit_interval' && isStandardised ? [SQUASHED] : []),
      ...(deviation !== undefined && variance !== 'fixed' ? [unused] : []),
      ...transformProblems(transform, dataSize),
    ];
  },
});

export const gaussian = {
  measure: 'density',
  row,
  column: describeColumn(
    { ...standardisedColumn, ...columnMinimum, ...numberOutliers },
    { domain: () => REAL, sizes: () => ({ input: 1, output: 2 }) },
  ),
} as const;
