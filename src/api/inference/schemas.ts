import Type, { type Static, type TObjectOptions, type TProperties } from 'typebox';
import {
  MARGINAL_METHODS,
  toPascalCase,
  type MarginalMethod,
  type MarginalSpec,
} from '../../model/specification.ts';
import { ARRAY_BODY } from '../http/media.ts';
import { Checkpoint, closed, allowNull } from '../http/schemas.ts';
import { UNUSED_FIELDS } from './row-errors.ts';
import {
  defineRequest,
  defineRowRequest,
  JSON_FIELDS,
  SENT_LATENTS,
  modelId,
  SENT_ROWS,
} from './row-fields.ts';

export const MAX_SAMPLES = 1000;
export const MAX_IMAGES = 10_000;

const seed = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  default: 0,
  description:
    'Determines the noise, which depends on (seed, draw, position of the row in the request). Equal requests get equal answers; a row at another position gets different noise.',
});

/** Ask for an answer with images as a picture. */
export const PICTURE_FIELDS = {
  format: Type.Optional(
    Type.Unsafe<'json' | 'png'>({
      type: 'string',
      enum: ['json', 'png'],
      description: 'Default: what the Accept header prefers, otherwise json.',
    }),
  ),
  zoom: Type.Integer({
    minimum: 1,
    maximum: 10,
    default: 1,
    description: 'PNG: each value becomes a square with sides of this many pixels.',
  }),
};

export { seed as requestSeed };

/** Ask for the answer as a picture or a file. */
export const FORMAT_FIELDS = {
  ...PICTURE_FIELDS,
  format: Type.Optional(
    Type.Unsafe<'json' | 'png' | 'npy' | 'csv'>({
      type: 'string',
      enum: ['json', 'png', 'npy', 'csv'],
      description: 'Default: what the Accept header prefers, otherwise json.',
    }),
  ),
};

export const EncodeRequest = defineRowRequest({
  ...SENT_ROWS,
  samples: Type.Integer({
    minimum: 0,
    maximum: MAX_SAMPLES,
    default: 0,
    description: 'Draws of z per row.',
  }),
  seed,
});
export type EncodeRequest = Static<typeof EncodeRequest>;

export const DecodeRequest = defineRowRequest(SENT_LATENTS);
export type DecodeRequest = Static<typeof DecodeRequest>;

export const ReconstructRequest = defineRowRequest({
  ...SENT_ROWS,
  ...FORMAT_FIELDS,
});
export type ReconstructRequest = Static<typeof ReconstructRequest>;

export const ElboRequest = defineRowRequest({
  ...SENT_ROWS,
  samples: Type.Integer({
    minimum: 1,
    maximum: MAX_SAMPLES,
    default: 1,
    description: 'L, draws of z per row.',
  }),
  seed,
  by_column: Type.Boolean({
    default: false,
    description:
      'Also return what each column adds to log_likelihood, which shows the values that make a row unusual.',
  }),
});
export type ElboRequest = Static<typeof ElboRequest>;

const scored = { model_id: modelId, checkpoint: Checkpoint, ...SENT_ROWS };
const defineMethod = (method: MarginalMethod) =>
  Type.Object(
    { ...scored, ...MARGINAL_METHODS[method], seed, method: Type.Literal(method) },
    { ...closed, title: `${toPascalCase(method)}Request` },
  );
type Scored = Static<Type.TObject<typeof scored & { seed: typeof seed }>>;

/** Titled here because two paths use it: clients get one type. */
export const LogMarginalLikelihoodRequest = Type.Unsafe<Scored & MarginalSpec>({
  title: 'EstimateLogMarginalLikelihoodRequest',
  type: 'object',
  [ARRAY_BODY]: JSON_FIELDS,
  required: ['method'],
  properties: {
    method: { type: 'string', enum: Object.keys(MARGINAL_METHODS), default: 'importance_sampling' },
  },
  discriminator: { propertyName: 'method' },
  oneOf: (Object.keys(MARGINAL_METHODS) as MarginalMethod[]).map(defineMethod),
});
export type LogMarginalLikelihoodRequest = Static<typeof LogMarginalLikelihoodRequest>;

export const SamplesQuery = defineRequest({
  count: Type.Integer({ minimum: 1, maximum: MAX_IMAGES, default: 16, description: 'Number of samples.' }),
  seed,
  draw: Type.Unsafe<'mean' | 'sample'>({
    type: 'string',
    enum: ['mean', 'sample'],
    default: 'mean',
    description:
      'What to return for each draw of z. mean: the expectation of x under p(x|z); sample: a draw of x from p(x|z), including the noise of the data. In tables, both stay within the range of each column (model.likelihood.columns[].range).',
  }),
  ...FORMAT_FIELDS,
});
export type SamplesQuery = Static<typeof SamplesQuery>;

export const Numbers = Type.Array(Type.Number());
/** A number for each row; null if the row cannot be understood. */
const RowNumbers = Type.Array(allowNull(Type.Number()));
export const NumberRows = Type.Array(Numbers);
const SPREAD = {
  standard_error: allowNull(
    Type.Number({
      description:
        'Error of the mean over all such rows: standard deviation over rows / sqrt(rows). null for one row.',
    }),
  ),
  monte_carlo_standard_error: allowNull(
    Type.Number({
      description: 'Error of the mean over these rows, from the random draws. null if samples is 1.',
    }),
  ),
};
const DataCell = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]);
export const DataRows = Type.Array(Type.Array(DataCell), {
  description: 'In the units of the data set, with its words; datetimes as ISO 8601 text.',
});
export const columns = Type.Optional(
  Type.Array(Type.String(), { description: 'Tables: the names of the columns that the model uses.' }),
);
export const defineAnswer = <Fields extends TProperties>(fields: Fields, options: TObjectOptions = {}) =>
  Type.Object(
    {
      model_id: Type.String(),
      step: Type.Integer({ description: 'Step of the checkpoint that was used.' }),
      warnings: Type.Optional(
        Type.Array(Type.String(), { description: 'What users of the model should know, if anything.' }),
      ),
      ...fields,
    },
    { ...closed, ...options },
  );

export const EncodeAnswer = defineAnswer({
  mean: Type.Array(allowNull(Numbers), {
    description: 'Mean of q(z|x), or its median if the family may have no mean.',
  }),
  standard_deviation: Type.Array(allowNull(Type.Array(allowNull(Type.Number()))), {
    description: 'Standard deviation of q(z|x); null if it does not exist.',
  }),
  samples: Type.Optional(
    Type.Array(Type.Array(allowNull(Numbers)), { description: 'Indexed by draw, row, dimension.' }),
  ),
  ...UNUSED_FIELDS,
});
export type EncodeAnswer = Static<typeof EncodeAnswer>;

const MEAN =
  'The expectation of x in the units of the data set; for categories the most probable one, as a word if the column has words. Missing values are imputed.';
export const MeanAnswer = defineAnswer({
  columns,
  mean: Type.Array(DataRows.items, { description: MEAN }),
});
export type MeanAnswer = Static<typeof MeanAnswer>;

export const ReconstructAnswer = defineAnswer({
  columns,
  mean: Type.Array(allowNull(DataRows.items), { description: MEAN }),
  data: Type.Optional(
    Type.Array(DataRows.items, {
      description: 'The original rows, if you sent `rows`; null is a missing value.',
    }),
  ),
  ...UNUSED_FIELDS,
});
export type ReconstructAnswer = Static<typeof ReconstructAnswer>;

export const ElboAnswer = defineAnswer({
  unit: Type.Literal('nats per row'),
  samples: Type.Integer(),
  elbo: RowNumbers,
  log_likelihood: RowNumbers,
  kl_divergence: RowNumbers,
  standard_error: allowNull(
    Type.Array(RowNumbers.items, {
      description: 'Error of each elbo, from its draws. null if samples is 1.',
    }),
  ),
  columns,
  log_likelihood_by_column: Type.Optional(
    Type.Array(allowNull(Type.Array(allowNull(Type.Number()))), {
      description:
        'For each row, one term per column, value or one-hot group (categorical); null if the value is missing. The terms add up to log_likelihood.',
    }),
  ),
  mean: Type.Object(
    {
      elbo: Type.Number(),
      log_likelihood: Type.Number(),
      kl_divergence: Type.Number(),
      ...SPREAD,
    },
    closed,
  ),
  ...UNUSED_FIELDS,
});
export type ElboAnswer = Static<typeof ElboAnswer>;

export const LogMarginalLikelihoodAnswer = defineAnswer(
  {
    unit: Type.Literal('nats per row'),
    method: Type.Unsafe<MarginalMethod>({ type: 'string', enum: Object.keys(MARGINAL_METHODS) }),
    samples: Type.Integer(),
    log_marginal_likelihood: Type.Array(RowNumbers.items, { description: 'Estimates of log p(x).' }),
    standard_error: allowNull(
      Type.Array(RowNumbers.items, {
        description: 'Error of each estimate, from its draws. null if samples is 1.',
      }),
    ),
    effective_sample_size: allowNull(
      Type.Array(RowNumbers.items, {
        description: '(sum w)^2 / sum w^2 of the importance weights of each row. null for posterior_density.',
      }),
    ),
    acceptance: allowNull(
      Type.Number({
        description: "Share of the chains' proposals that were accepted. null for importance_sampling.",
      }),
    ),
    mean: Type.Object({ log_marginal_likelihood: Type.Number(), ...SPREAD }, closed),
    ...UNUSED_FIELDS,
  },
  { title: 'EstimateLogMarginalLikelihoodAnswer' },
);
export type LogMarginalLikelihoodAnswer = Static<typeof LogMarginalLikelihoodAnswer>;

export const SamplesAnswer = defineAnswer({
  seed: Type.Integer(),
  columns,
  latents: NumberRows,
  data: DataRows,
});
export type SamplesAnswer = Static<typeof SamplesAnswer>;
