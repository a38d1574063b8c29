import { describeColumn, describeRows } from './description.ts';
import { COUNT } from './domain.ts';
import { unusualCounts } from './robust.ts';

/** Counts whose variance is larger than their mean. */
export const negativeBinomial = {
  measure: 'probability',
  ofCounts: true,
  row: describeRows(
    {},
    {
      domain: () => COUNT,
      sizes: (_, dataSize) => ({ input: dataSize, output: 2 * dataSize, extraShapes: {} }),
    },
  ),
  column: describeColumn(unusualCounts, { domain: () => COUNT, sizes: () => ({ input: 1, output: 2 }) }),
} as const;
