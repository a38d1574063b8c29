import Type from 'typebox';
import { describeFamily } from './family.ts';
import { location, scale } from './fields.ts';

const degreesOfFreedom = Type.Number({
  minimum: 0.5,
  maximum: 1000,
  default: 5,
  description: 'Smaller values give heavier tails.',
});

export const studentT = describeFamily(
  {
    support: 'real',
    posterior: { degrees_of_freedom: degreesOfFreedom },
    prior: { degrees_of_freedom: degreesOfFreedom, location, scale },
    encoderOutputs: 2,
    closedFormKl: ['gaussian'],
  },
  {
    lacks: ({ name }, { degrees_of_freedom: v }) => {
      if (name === 'E|z|') return v <= 1;
      return name === 'E z^2' ? v <= 2 : true;
    },
  },
);
