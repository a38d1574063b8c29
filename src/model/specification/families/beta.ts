import { describeFamily } from './family.ts';
import { positive } from './fields.ts';

export const beta = describeFamily({
  support: 'unit_interval',
  posterior: {},
  prior: {
    alpha: positive(1, 'First shape; 1 and 1 is uniform.'),
    beta: positive(1, 'Second shape.'),
  },
  encoderOutputs: 2,
  closedFormKl: ['beta'],
});
