import Type from 'typebox';
import { describeColumn, describeRows } from './description.ts';
import { REAL } from './domain.ts';
import { standardisedColumn, standardisedRows, transformProblems } from './fields.ts';
import { numberOutliers } from './robust.ts';

const degreesOfFreedom = Type.Number({
  exclusiveMinimum: 1,
  maximum: 1000,
  default: 5,
  description:
    'Smaller values give heavier tails, so that outliers matter less. Must be above 1: otherwise there is no mean.',
});

const minimumScale = Type.Number({
  minimum: 0,
  maximum: 1e6,
  default: 0.01,
  description:
    'The squared scale is the square of this number plus what is learned, in standardised units if values are standardised. It keeps the density bounded if values repeat exactly.',
});

const fields = { degrees_of_freedom: degreesOfFreedom, minimum_scale: minimumScale } as const;

/** Real numbers with outliers: robust regression. */
export const studentT = {
  measure: 'density',
  row: describeRows(
    { ...fields, ...standardisedRows },
    {
      domain: () => REAL,
      sizes: (_, dataSize) => ({ input: dataSize, output: 2 * dataSize, extraShapes: {} }),
      problems: ({ transform }, dataSize) => transformProblems(transform, dataSize),
    },
  ),
  column: describeColumn(
    { ...fields, ...standardisedColumn, ...numberOutliers },
    { domain: () => REAL, sizes: () => ({ input: 1, output: 2 }) },
  ),
} as const;
