import { describeFamily, GAMMAS, WEIBULLS } from './family.ts';
import { positive } from './fields.ts';

export const rayleigh = describeFamily({
  support: 'positive',
  posterior: {},
  prior: { scale: positive(1, 'Where the density is highest.') },
  encoderOutputs: 1,
  closedFormKl: [...GAMMAS, 'log_normal', ...WEIBULLS],
});
