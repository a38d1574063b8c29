import { describeFamily } from './family.ts';
import { positive } from './fields.ts';

export const gompertz = describeFamily(
  {
    support: 'positive',
    posterior: {},
    prior: { shape: positive(1, 'Shape.'), scale: positive(1, 'Scale.') },
    encoderOutputs: 2,
    closedFormKl: [],
  },
  { needs: ({ scale }) => ({ name: 'E e^z', rate: 1 / scale }) },
);
