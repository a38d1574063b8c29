import Type from 'typebox';
import { describeColumn, describeRows } from './description.ts';
import { REAL } from './domain.ts';
import { standardisedColumn, standardisedRows, transformProblems } from './fields.ts';

const degreesOfFreedom = Type.Number({
  exclusiveMinimum: 1,
  maximum: 1000,
  default: 5,
  description:
    'The smaller, the heavier the tails, and the less an outlier matters. Above 1, so that there is a mean.',
});

const minimumScale = Type.Number({
  minimum: 0,
  maximum: 1e6,
  default: 0.01,
  description:
    'The squared scale is this number squared plus what is learned, in standardised units where values are standardised: keeps the density bounded where values repeat exactly.',
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
    { ...fields, ...standardisedColumn },
    { domain: () => REAL, sizes: () => ({ input: 1, output: 2 }) },
  ),
} as const;
