import { describeRows } from './description.ts';
import { UNIT_INTERVAL } from './domain.ts';

export const continuousBernoulli = {
  measure: 'density',
  row: describeRows({}, { domain: () => UNIT_INTERVAL }),
  column: null,
} as const;
