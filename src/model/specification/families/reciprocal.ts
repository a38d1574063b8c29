import { describeFamily, GAMMAS } from './family.ts';

export const reciprocal = describeFamily({
  support: 'positive',
  coversSupport: false,
  posterior: {},
  prior: null,
  encoderOutputs: 2,
  closedFormKl: [...GAMMAS, 'log_normal'],
});
