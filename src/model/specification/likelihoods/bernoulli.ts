import { describeColumn, describeRows } from './description.ts';
import { UNIT_INTERVAL } from './domain.ts';

export const bernoulli = {
  measure: 'probability',
  ofBits: true,
  row: describeRows({}, { domain: () => UNIT_INTERVAL, codes: 2 }),
  column: describeColumn(
    {},
    { domain: () => UNIT_INTERVAL, sizes: () => ({ input: 1, output: 1 }), codes: () => 2 },
  ),
} as const;
