import { describeFamily, GAMMAS, WEIBULLS } from './family.ts';
import { positive } from './fields.ts';

export const exponential = describeFamily({
  support: 'positive',
  posterior: {},
  prior: { rate: positive(1, '1 / mean.') },
  encoderOutputs: 1,
  closedFormKl: [...GAMMAS, 'log_normal', ...WEIBULLS],
});
