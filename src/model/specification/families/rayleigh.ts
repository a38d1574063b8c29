import { describeFamily, GAMMAS, WEIBULLS } from './family.ts';
import { positive } from './fields.ts';

export const rayleigh = describeFamily({
  support: 'positive',
  posterior: {},
  prior: { scale: positive(1, 'The mode.') },
  encoderOutputs: 1,
  closedFormKl: [...GAMMAS, 'log_normal', ...WEIBULLS],
});
