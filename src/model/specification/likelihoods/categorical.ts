import Type from 'typebox';
import { LIKELIHOOD_LIMITS } from '../limits.ts';
import { describeColumn, describeRows } from './description.ts';
import { BIT, codesBelow } from './domain.ts';
import { otherCode } from './robust.ts';

const groups = Type.Array(Type.Integer({ minimum: 1, maximum: LIKELIHOOD_LIMITS.categories }), {
  minItems: 1,
  maxItems: LIKELIHOOD_LIMITS.columns,
  description: 'Sizes of the one-hot groups, in the order of the elements. They add up to the data size.',
});

const categories = Type.Integer({
  minimum: 1,
  maximum: LIKELIHOOD_LIMITS.categories,
  description: 'Number n of categories: values are codes 0 to n - 1.',
});

/** Whole rows are one-hot groups; a column holds codes. */
export const categorical = {
  measure: 'probability',
  row: describeRows(
    { groups },
    {
      domain: () => BIT,
      oneHotGroups: (spec) => spec.groups,
      problems(spec, dataSize) {
        const size = spec.groups.reduce((sum, group) => sum + group, 0);
        const [found, allowed] = [`groups of ${size} elements together`, `${dataSize}, the size of a row`];
        return size === dataSize ? [] : [{ pointer: '/groups', found, allowed }];
      },
    },
  ),
  column: describeColumn(
    { categories, ...otherCode },
    {
      domain: (spec) => codesBelow(spec.categories),
      sizes: (spec) => ({ input: spec.categories, output: spec.categories }),
      codes: (spec) => spec.categories,
      statistics: 'frequencies',
    },
  ),
} as const;
