import Type from 'typebox';
import { describeFamily, GAMMAS } from './family.ts';
import { positive } from './fields.ts';

const shape = Type.Integer({
  minimum: 1,
  maximum: 64,
  default: 2,
  description: 'Number of exponential variables in the sum.',
});

export const erlang = describeFamily({
  support: 'positive',
  posterior: { shape },
  prior: { shape, rate: positive(1, 'shape / mean.') },
  encoderOutputs: 1,
  closedFormKl: [...GAMMAS, 'log_normal'],
});
