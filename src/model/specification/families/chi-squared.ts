import { describeFamily, GAMMAS } from './family.ts';
import { positive } from './fields.ts';

export const chiSquared = describeFamily(
  {
    support: 'positive',
    posterior: {},
    prior: { degrees_of_freedom: positive(2, 'The mean.') },
    encoderOutputs: 1,
    closedFormKl: [...GAMMAS, 'log_normal'],
  },
  {
    /** Its moment generating function ends at 1/2. */
    lacks: ({ name, rate = 1 }) => name === 'E e^z' && rate >= 0.5,
  },
);
