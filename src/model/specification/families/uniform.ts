import { describeFamily } from './family.ts';

export const uniform = describeFamily({
  support: 'real',
  coversSupport: false,
  posterior: {},
  prior: null,
  encoderOutputs: 2,
  closedFormKl: ['gaussian'],
});
