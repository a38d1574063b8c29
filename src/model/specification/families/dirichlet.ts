import { describeFamily } from './family.ts';
import { positive } from './fields.ts';

export const dirichlet = describeFamily({
  support: 'simplex',
  isIndependent: false,
  latentSize: { minimum: 2 },
  posterior: {},
  prior: { concentration: positive(1, 'Concentration of every dimension; 1 is uniform on the simplex.') },
  encoderOutputs: 1,
  closedFormKl: ['dirichlet'],
});
