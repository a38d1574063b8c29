import Type from 'typebox';
import { closed } from '../schema.ts';

/** Fields of likelihoods that work with standardised values: value = shift + scale * standardised. */

const STANDARDISATIONS = ['none', 'per_element'] as const;
type Standardisation = (typeof STANDARDISATIONS)[number];

const shift = Type.Number({ description: 'The value of a standardised 0.' });
const scale = Type.Number({ exclusiveMinimum: 0, description: 'What a standardised 1 adds to shift.' });

const minimumStandardDeviation = {
  minimum: 0,
  maximum: 1e6,
  description:
    'The variance is the square of this number plus what is learned, in standardised units if values are standardised. It keeps the density bounded if values repeat exactly.',
} as const;

/** Of a column. */
export const standardisedColumn = {
  standardise: Type.Unsafe<Standardisation>({
    type: 'string',
    enum: [...STANDARDISATIONS],
    default: 'per_element',
    description: 'per_element: the transform is computed from the training rows unless it is given.',
  }),
  transform: Type.Optional(
    Type.Object(
      { shift, scale },
      { ...closed, description: 'value = shift + scale * standardised (log_normal: log value).' },
    ),
  ),
} as const;

export const columnMinimum = {
  minimum_standard_deviation: Type.Number({ ...minimumStandardDeviation, default: 0.01 }),
} as const;

/** Of whole rows. */
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
      ...minimumStandardDeviation,
      description: `${minimumStandardDeviation.description} Default: 0.`,
    }),
  ),
} as const;

/** A transform of whole rows whose arrays do not have one number for each element. */
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
