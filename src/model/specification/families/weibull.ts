import { describeFamily, GAMMAS, WEIBULLS } from './family.ts';
import { positive } from './fields.ts';

export const weibull = describeFamily({
  support: 'positive',
  posterior: {},
  prior: {
    scale: positive(1, 'Scale.'),
    shape: positive(1, 'Shape; 1 is the exponential.'),
  },
  encoderOutputs: 2,
  closedFormKl: [...GAMMAS, 'log_normal', ...WEIBULLS],
});
