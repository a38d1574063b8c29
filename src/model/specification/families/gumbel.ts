import { describeFamily } from './family.ts';
import { location, scale } from './fields.ts';

export const gumbel = describeFamily(
  {
    support: 'real',
    posterior: {},
    prior: { location, scale },
    encoderOutputs: 2,
    closedFormKl: ['gaussian', 'gumbel'],
  },
  { needs: () => ({ name: 'E e^-z' }) },
);
