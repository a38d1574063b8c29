import { describeFamily } from './family.ts';
import { location, scale } from './fields.ts';

export const logistic = describeFamily(
  {
    support: 'real',
    posterior: {},
    prior: { location, scale },
    encoderOutputs: 2,
    closedFormKl: ['gaussian'],
  },
  { needs: () => ({ name: 'E|z|' }) },
);
