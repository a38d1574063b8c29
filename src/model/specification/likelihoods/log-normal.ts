import { describeColumn } from './description.ts';
import { POSITIVE } from './domain.ts';
import { logColumnMinimum, standardisedLogColumn } from './fields.ts';
import { numberOutliers } from './robust.ts';

export const logNormal = {
  measure: 'density',
  row: null,
  column: describeColumn(
    { ...standardisedLogColumn, ...logColumnMinimum, ...numberOutliers },
    { domain: () => POSITIVE, sizes: () => ({ input: 1, output: 2 }), statistics: 'log_moments' },
  ),
} as const;
