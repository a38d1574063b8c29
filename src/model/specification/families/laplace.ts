import { describeFamily } from './family.ts';
import { location, scale } from './fields.ts';

export const laplace = describeFamily(
  {
    support: 'real',
    posterior: {},
    prior: { location, scale },
    encoderOutputs: 2,
    closedFormKl: ['gaussian', 'laplace'],
  },
  { needs: () => ({ name: 'E|z|' }) },
);
