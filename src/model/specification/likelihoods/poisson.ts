import { describeColumn, describeRows } from './description.ts';
import { COUNT } from './domain.ts';
import { unusualCounts } from './robust.ts';

export const poisson = {
  measure: 'probability',
  ofCounts: true,
  row: describeRows({}, { domain: () => COUNT }),
  column: describeColumn(unusualCounts, { domain: () => COUNT, sizes: () => ({ input: 1, output: 1 }) }),
} as const;
