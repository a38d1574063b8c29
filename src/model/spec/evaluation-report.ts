import Type, { type Static } from 'typebox';
import { EVALUATED_ROWS, type EvaluatedRows } from './evaluation.ts';
import { BINARIZATIONS, type BinarizationName, type LikelihoodName } from './likelihood.ts';
import { closed } from './schema.ts';

/** What an evaluation answers: numbers with the protocol that they were measured by. */

const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });

const spread = {
  standard_error: orNull(
    'Standard deviation over rows / sqrt(rows): how well the mean over such rows is known. null for one row.',
  ),
  monte_carlo_standard_error: orNull(
    'From the draws: how well the mean over these rows is known. null where each row has one draw.',
  ),
} as const;

const bits = {
  bits_per_dimension: orNull(
    '-mean / (data_size ln 2). null unless the number is a log probability: densities depend on the unit of the data.',
  ),
} as const;

const mean = Type.Number({ description: 'Over the rows, nats per row.' });

/** What the numbers are: whether they bound or estimate a log probability, a log density, or neither. */
export const SCORE_KINDS = ['log_probability', 'log_density', 'score'] as const;
export type ScoreKind = (typeof SCORE_KINDS)[number];

const Protocol = Type.Object(
  {
    model_id: Type.String(),
    step: Type.Integer({ description: 'Of the checkpoint.' }),
    dataset_id: Type.String(),
    rows: Type.Unsafe<EvaluatedRows>({ type: 'string', enum: [...EVALUATED_ROWS] }),
    count: Type.Integer({ description: 'Rows evaluated.' }),
    binarization: Type.Unsafe<BinarizationName>({ type: 'string', enum: [...BINARIZATIONS] }),
    seed: Type.Integer(),
    unit: Type.Literal('nats per row'),
    data_size: Type.Integer(),
    likelihood: Type.Unsafe<LikelihoodName>({ type: 'string' }),
    kind: Type.Unsafe<ScoreKind>({
      type: 'string',
      enum: [...SCORE_KINDS],
      description: 'score: values between 0 and 1 under a bernoulli, which has no log probability for them.',
    }),
  },
  closed,
);

const Elbo = Type.Object(
  {
    samples: Type.Integer(),
    mean,
    ...spread,
    log_likelihood: Type.Number(),
    kl_divergence: Type.Number(),
    ...bits,
  },
  closed,
);
export type ElboReport = Static<typeof Elbo>;

const ImportanceSampling = Type.Object(
  {
    method: Type.Literal('importance_sampling'),
    samples: Type.Integer(),
    mean,
    ...spread,
    effective_sample_size: Type.Object(
      { mean: Type.Number(), minimum: Type.Number() },
      { ...closed, description: '(sum w)^2 / sum w^2 of the weights of a row, at most samples.' },
    ),
    ...bits,
  },
  closed,
);
const PosteriorDensity = Type.Object(
  {
    method: Type.Literal('posterior_density'),
    samples: Type.Integer(),
    leapfrog_steps: Type.Integer(),
    mean,
    ...spread,
    acceptance: Type.Number({ description: 'Share of the proposals that was accepted.' }),
    ...bits,
  },
  closed,
);
const Marginal = Type.Union([ImportanceSampling, PosteriorDensity]);
export type MarginalReport = Static<typeof Marginal>;

export const EvaluationReport = Type.Object(
  {
    protocol: Protocol,
    elbo: Type.Optional(Elbo),
    log_marginal_likelihood: Type.Optional(Type.Array(Marginal)),
    warnings: Type.Array(Type.String(), { description: 'What should be known before the numbers are used.' }),
  },
  closed,
);
export type EvaluationReport = Static<typeof EvaluationReport>;
