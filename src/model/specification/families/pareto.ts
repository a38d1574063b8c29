import { describeFamily } from './family.ts';

export const pareto = describeFamily(
  {
    support: 'positive',
    coversSupport: false,
    posterior: {},
    prior: null,
    encoderOutputs: 2,
    closedFormKl: ['log_normal'],
  },
  { lacks: ({ name }) => name === 'E e^z' },
);
