import Type from 'typebox';
import { closed } from '../schema.ts';

/** Fields of likelihoods with standardised values: value = shift + scale * standardised. */

const STANDARDISATIONS = ['none', 'per_element'] as const;
type Standardisation = (typeof STANDARDISATIONS)[number];

const shift = Type.Number({ description: 'Where the standardised value is 0.' });
const scale = Type.Number({ exclusiveMinimum: 0, description: 'One standardised unit.' });

/** What is standardised: values or, for a log-normal, their logarithms. */
type Quantity = 'value' | 'log value';

const describeMinimum = (quantity: Quantity) =>
  `The variance of the ${quantity} is the square of this number plus what is learned, in standardised units if values are standardised. It keeps the density bounded if values repeat exactly.`;

const describeTransform = (quantity: Quantity) => ({
  standardise: Type.Unsafe<Standardisation>({
    type: 'string',
    enum: [...STANDARDISATIONS],
    default: 'per_element',
    description: 'per_element: the transform is computed from the training rows unless it is given.',
  }),
  transform: Type.Optional(
    Type.Object({ shift, scale }, { ...closed, description: `${quantity} = shift + scale * standardised.` }),
  ),
});

/** Fields of one column. */
export const standardisedColumn = describeTransform('value');
export const standardisedLogColumn = describeTransform('log value');

const limitColumn = (quantity: Quantity) => ({
  minimum_standard_deviation: Type.Number({
    minimum: 0,
    maximum: 1e6,
    default: 0.01,
    description: describeMinimum(quantity),
  }),
});

export const columnMinimum = limitColumn('value');
export const logColumnMinimum = limitColumn('log value');

/** Fields of whole rows. */
export const standardisedRows = {
  standardise: Type.Optional(
    Type.Unsafe<Standardisation>({
      type: 'string',
      enum: [...STANDARDISATIONS],
      description:
        'per_element: each element is shifted and scaled to mean 0 and variance 1 over the training rows; answers and densities stay in the units of the data. Default: none.',
    }),
  ),
  transform: Type.Optional(
    Type.Object(
      { shift: Type.Array(shift, { minItems: 1 }), scale: Type.Array(scale, { minItems: 1 }) },
      {
        ...closed,
        description:
          'value = shift + scale * standardised, with one number each per element. Computed from the training rows if standardise is per_element and no transform is given.',
      },
    ),
  ),
} as const;

export const rowMinimum = {
  minimum_standard_deviation: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1e6,
      description: `${describeMinimum('value')} Default: 0.`,
    }),
  ),
} as const;

/** Problems of a transform of whole rows: its arrays need one number per element. */
export function transformProblems(
  transform: { readonly shift: readonly number[]; readonly scale: readonly number[] } | undefined,
  dataSize: number,
) {
  return Object.entries(transform ?? {}).flatMap(([name, numbers]) => {
    if (numbers.length === dataSize) return [];
    const [found, allowed] = [`${numbers.length} numbers`, `${dataSize}, the size of a row`];
    return [{ pointer: `/transform/${name}`, found, allowed }];
  });
}
