import { describeColumn, describeRows } from './description.ts';
import { BIT, UNIT_INTERVAL } from './domain.ts';
import { otherCode } from './robust.ts';

export const bernoulli = {
  measure: 'probability',
  ofBits: true,
  row: describeRows({}, { domain: () => UNIT_INTERVAL, codes: 2 }),
  column: describeColumn(otherCode, {
    domain: ({ other }) => (other ? BIT : UNIT_INTERVAL),
    sizes: () => ({ input: 1, output: 1 }),
    codes: () => 2,
  }),
} as const;
