import Type, { type Static } from 'typebox';
import { tagged } from './schema.ts';

/** Which values are hidden from the model in a training step, so that it learns to explain rows of which only a part is known. */
export const Masking = tagged('Masking', 'name', {
  none: {},
  random: {
    share_of_rows: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.25,
      description:
        'Share of the rows of a minibatch in which values are hidden; the others stay whole. At each step, a rate is drawn from (0, 1) for each of these rows, and each value, or all values that a datetime or a pixel consists of, is hidden with this probability. In half of these rows of images, a rectangle or everything outside it is hidden instead.',
    }),
  },
});
export type MaskingSpec = Static<typeof Masking>;
export type RandomMasking = Extract<MaskingSpec, { name: 'random' }>;
