import { describeFamily } from './family.ts';

export const fullGaussian = describeFamily({
  support: 'real',
  isIndependent: false,
  /** The density needs one operation per dimension. */
  latentSize: { maximum: 32 },
  posterior: {},
  prior: null,
  encoderOutputs: (size) => size + (size * (size + 1)) / 2,
  closedFormKl: ['gaussian'],
});
