import { describeFamily } from './family.ts';
import { positive, real } from './fields.ts';

export const gaussian = describeFamily(
  {
    support: 'real',
    posterior: {},
    prior: {
      mean: real(0, 'Mean of each dimension.'),
      standard_deviation: positive(1, 'Standard deviation of each dimension.'),
    },
    encoderOutputs: 2,
    closedFormKl: ['gaussian', 'laplace', 'gumbel'],
  },
  { needs: () => ({ name: 'E z^2' }) },
);
