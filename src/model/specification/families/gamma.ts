import { describeFamily, GAMMAS } from './family.ts';
import { positive } from './fields.ts';

export const gamma = describeFamily({
  support: 'positive',
  posterior: {},
  prior: { shape: positive(1, 'Shape.'), rate: positive(1, 'shape / mean.') },
  encoderOutputs: 2,
  closedFormKl: [...GAMMAS, 'log_normal'],
});
