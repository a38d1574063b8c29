import Type, { type Static } from 'typebox';
import { closed, oneOf, tagged } from './schema.ts';

/** Sizes beyond which a likelihood is refused. */
export const LIKELIHOOD_LIMITS = { columns: 4096, categories: 1024, nameCharacters: 200 } as const;

export const BINARIZATIONS = ['none', 'dynamic', 'static', 'threshold'] as const;
export type BinarizationName = (typeof BINARIZATIONS)[number];

/** How values x in [0, 1] become zeros and ones before the model sees them; u is uniform on (0, 1). */
export const Binarization = oneOf(
  BINARIZATIONS,
  'none',
  'none: values as they are; dynamic: 1 where u < x, u drawn anew at every step; static: the same, u drawn once for each row by the seed; threshold: 1 where x > 1/2.',
);

export const STANDARDISATIONS = ['none', 'per_element'] as const;

const shift = Type.Number({ description: 'What a standardised 0 stands for.' });
const scale = Type.Number({ exclusiveMinimum: 0, description: 'What a standardised 1 adds to it.' });

const minimumStandardDeviation = {
  minimum: 0,
  maximum: 1e6,
  description:
    'The variance is this number squared plus what is learned, in standardised units where values are standardised: keeps the density bounded where values repeat exactly.',
} as const;

const realColumn = {
  standardise: oneOf(
    STANDARDISATIONS,
    'per_element',
    'per_element: the transform is computed from the training rows where it is not given.',
  ),
  transform: Type.Optional(
    Type.Object(
      { shift, scale },
      { ...closed, description: 'value = shift + scale * standardised (log_normal: of log value).' },
    ),
  ),
  minimum_standard_deviation: Type.Number({ ...minimumStandardDeviation, default: 0.01 }),
} as const;

const ColumnLikelihood = tagged('ColumnLikelihood', 'family', {
  gaussian: realColumn,
  log_normal: realColumn,
  bernoulli: {},
  poisson: {},
  categorical: {
    categories: Type.Integer({
      minimum: 1,
      maximum: LIKELIHOOD_LIMITS.categories,
      description: 'n: values are codes 0 to n - 1.',
    }),
  },
});
export type ColumnLikelihoodSpec = Static<typeof ColumnLikelihood>;
export type ColumnFamily = ColumnLikelihoodSpec['family'];

const word = Type.String({ minLength: 1, maxLength: LIKELIHOOD_LIMITS.nameCharacters });

const Column = Type.Object(
  {
    name: word,
    likelihood: ColumnLikelihood,
    missing: Type.Boolean({
      default: false,
      description: 'Whether values may be missing; the encoder is then told which are.',
    }),
    labels: Type.Optional(
      Type.Array(word, {
        minItems: 1,
        maxItems: LIKELIHOOD_LIMITS.categories,
        description:
          'categorical, bernoulli: the words that codes 0, 1, ... stand for; rows are sent and answered with them. Without them those of the data set, if it has words.',
      }),
    ),
  },
  { ...closed, title: 'Column' },
);
export type ColumnSpec = Static<typeof Column>;

const gaussian = {
  mean: oneOf(['free', 'unit_interval'], 'free', 'unit_interval squashes the mean into (0, 1) by a sigmoid.'),
  variance: oneOf(
    ['per_element', 'shared', 'fixed'],
    'per_element',
    'per_element: the decoder gives a log variance for every element (eq. C.2); shared: one learned log variance for all; fixed: standard_deviation for all. Of standardised values where they are standardised.',
  ),
  standard_deviation: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1e6,
      description:
        'With variance fixed, in standardised units where values are standardised. Without it 1. Not for other variances.',
    }),
  ),
  minimum_standard_deviation: Type.Optional(
    Type.Number({
      ...minimumStandardDeviation,
      description: `${minimumStandardDeviation.description} Without it 0.`,
    }),
  ),
  standardise: Type.Optional(
    Type.Unsafe<(typeof STANDARDISATIONS)[number]>({
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

const FAMILIES = {
  bernoulli: {},
  continuous_bernoulli: {},
  gaussian,
  poisson: {},
  categorical: {
    groups: Type.Array(Type.Integer({ minimum: 1, maximum: LIKELIHOOD_LIMITS.categories }), {
      minItems: 1,
      maxItems: LIKELIHOOD_LIMITS.columns,
      description: 'Sizes of the one-hot groups, in the order of the elements; they sum to the data size.',
    }),
  },
  mixed: {
    columns: Type.Array(Column, {
      minItems: 1,
      maxItems: LIKELIHOOD_LIMITS.columns,
      description: 'One for each element of a row, in its order. A missing value is stored as NaN.',
    }),
  },
} as const;

export const Likelihood = tagged('Likelihood', 'family', FAMILIES, 'bernoulli');
/** Without a default: what is not said is told apart. */
export const ChosenLikelihood = Type.Unsafe<LikelihoodSpec>({
  ...tagged('Likelihood', 'family', FAMILIES),
  description: 'p(x|z). Without it the one that the data set proposes (`GET /datasets/{id}`).',
});
export type LikelihoodSpec = Static<typeof Likelihood>;
export type LikelihoodName = LikelihoodSpec['family'];
/** The specification of one family. */
export type LikelihoodOf<Family extends LikelihoodName> = Extract<LikelihoodSpec, { family: Family }>;
