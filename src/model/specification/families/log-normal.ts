import { describeFamily, GAMMAS } from './family.ts';
import { positive, real } from './fields.ts';

export const logNormal = describeFamily(
  {
    support: 'positive',
    posterior: {},
    prior: {
      location: real(0, 'Mean of log z.'),
      scale: positive(1, 'Standard deviation of log z.'),
    },
    encoderOutputs: 2,
    closedFormKl: [...GAMMAS, 'log_normal'],
  },
  { lacks: ({ name }) => name === 'E e^z' },
);
