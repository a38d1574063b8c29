import Type from 'typebox';
import { closed } from '../schema.ts';

/** Fields of likelihoods that work with standardised values: value = shift + scale * standardised. */

const STANDARDISATIONS = ['none', 'per_element'] as const;
type Standardisation = (typeof STANDARDISATIONS)[number];

const shift = Type.Number({ description: 'What a standardised 0 stands for.' });
const scale = Type.Number({ exclusiveMinimum: 0, description: 'What a standardised 1 adds to it.' });

const minimumStandardDeviation = {
  minimum: 0,
  maximum: 1e6,
  description:
    'The variance is this number squared plus what is learned, in standardised units where values are standardised: keeps the density bounded where values repeat exactly.',
} as const;

/** Of a column. */
export const standardisedColumn = {
  standardise: Type.Unsafe<Standardisation>({
    type: 'string',
    enum: [...STANDARDISATIONS],
    default: 'per_element',
    description: 'per_element: the transform is computed from the training rows where it is not given.',
  }),
  transform: Type.Optional(
    Type.Object(
      { shift, scale },
      { ...closed, description: 'value = shift + scale * standardised (log_normal: of log value).' },
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
        'per_element: each element is shifted and scaled to mean 0 and variance 1 by the training rows; answers and densities stay in the units of the data. Without it none.',
    }),
  ),
  transform: Type.Optional(
    Type.Object(
      { shift: Type.Array(shift, { minItems: 1 }), scale: Type.Array(scale, { minItems: 1 }) },
      {
        ...closed,
        description:
          'value = shift + scale * standardised, one number of each for an element. Computed from the training rows where standardise is per_element and none is given.',
      },
    ),
  ),
} as const;

export const rowMinimum = {
  minimum_standard_deviation: Type.Optional(
    Type.Number({
      ...minimumStandardDeviation,
      description: `${minimumStandardDeviation.description} Without it 0.`,
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
