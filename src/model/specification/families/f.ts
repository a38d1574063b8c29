import Type from 'typebox';
import { describeFamily } from './family.ts';
import { positive } from './fields.ts';

export const f = describeFamily(
  {
    support: 'positive',
    posterior: {},
    prior: {
      d1: positive(5, 'Numerator degrees of freedom.'),
      d2: Type.Number({
        exclusiveMinimum: 2,
        maximum: 1e6,
        default: 5,
        description: 'Denominator degrees of freedom.',
      }),
    },
    encoderOutputs: 2,
    closedFormKl: [],
  },
  { lacks: ({ name }) => name === 'E e^z' },
);
