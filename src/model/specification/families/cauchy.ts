import { describeFamily } from './family.ts';
import { location, scale } from './fields.ts';

export const cauchy = describeFamily(
  {
    support: 'real',
    posterior: {},
    prior: { location, scale },
    encoderOutputs: 2,
    closedFormKl: ['cauchy'],
  },
  { lacks: () => true },
);
