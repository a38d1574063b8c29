import Type from 'typebox';
import { describeFamily } from './family.ts';

const peak = Type.Number({
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  default: 0.5,
  description: 'Position of the mode between the ends: 0 is the lower end, 1 the upper.',
});

export const triangular = describeFamily({
  support: 'real',
  coversSupport: false,
  posterior: { peak },
  prior: null,
  encoderOutputs: 2,
  closedFormKl: ['gaussian'],
});
