import Type, { type Static } from 'typebox';
import { BINARIZATIONS, type BinarizationName } from './binarization.ts';
import type { LikelihoodName } from './likelihood.ts';
import { allowNull, closed, numberOrNull } from './schema.ts';
import { INFLUENCES, SPLIT_PARTS, type Influence, type SplitPart } from './split.ts';
import type { EstimatorName } from './training.ts';

/** The result of an evaluation: numbers, and the protocol by which they were measured. */

const spread = {
  standard_error: numberOrNull(
    'Standard deviation over rows / sqrt(rows): how precisely the mean over all rows of this kind is known. null for one row.',
  ),
  monte_carlo_standard_error: numberOrNull(
    'Standard error due to the random draws: how precisely the mean over these rows is known. null if each row has one draw.',
  ),
} as const;

const bits = {
  bits_per_dimension: numberOrNull(
    '-mean / (data_size ln 2). null unless the mean is a log probability, because densities depend on the unit of the data.',
  ),
} as const;

const mean = Type.Number({ description: 'Mean over the rows, in nats per row.' });

/** Whether the numbers bound or estimate a log probability, a log density, or neither. */
export const SCORE_KINDS = ['log_probability', 'log_density', 'score'] as const;
export type ScoreKind = (typeof SCORE_KINDS)[number];

const Protocol = Type.Object(
  {
    model_id: Type.String(),
    step: Type.Integer({ description: 'Step of the checkpoint.' }),
    dataset_id: Type.String(),
    rows: Type.Unsafe<SplitPart>({
      type: 'string',
      enum: [...SPLIT_PARTS],
      description:
        'The part of the data set that was evaluated. If held_out was ordered: test or validation.',
    }),
    influenced: Type.Optional(
      Type.Array(Type.Unsafe<Influence>({ type: 'string', enum: [...INFLUENCES] }), {
        description:
          'What these rows influenced: parameters if the model was trained on some of them, early_stopping and best_checkpoint if they made those choices. Empty if nothing. Absent in reports of earlier versions.',
      }),
    ),
    count: Type.Integer({ description: 'Number of rows evaluated.' }),
    binarization: Type.Unsafe<BinarizationName>({ type: 'string', enum: [...BINARIZATIONS] }),
    seed: Type.Integer(),
    unit: Type.Literal('nats per row'),
    data_size: Type.Integer(),
    likelihood: Type.Unsafe<LikelihoodName>({ type: 'string' }),
    kind: Type.Unsafe<ScoreKind>({
      type: 'string',
      enum: [...SCORE_KINDS],
      description: 'score: values between 0 and 1 under a bernoulli, which gives them no log probability.',
    }),
  },
  { ...closed, title: 'Protocol' },
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
  { ...closed, title: 'ElboReport' },
);
export type ElboReport = Static<typeof Elbo>;

const acceptance = Type.Number({ description: "Share of the chains' proposals that were accepted." });

const ImportanceSampling = Type.Object(
  {
    method: Type.Literal('importance_sampling'),
    samples: Type.Integer(),
    mean,
    ...spread,
    effective_sample_size: Type.Object(
      { mean: Type.Number(), minimum: Type.Number() },
      { ...closed, description: '(sum w)^2 / sum w^2 of the weights w of a row; at most samples.' },
    ),
    ...bits,
  },
  { ...closed, title: 'ImportanceSamplingReport' },
);
const FittedImportanceSampling = Type.Object(
  {
    ...ImportanceSampling.properties,
    method: Type.Literal('fitted_importance_sampling'),
    leapfrog_steps: Type.Integer(),
    acceptance,
  },
  { ...closed, title: 'FittedImportanceSamplingReport' },
);
const PosteriorDensity = Type.Object(
  {
    method: Type.Literal('posterior_density'),
    samples: Type.Integer(),
    leapfrog_steps: Type.Integer(),
    mean,
    ...spread,
    acceptance,
    ...bits,
  },
  { ...closed, title: 'PosteriorDensityReport' },
);
const Marginal = Type.Union([ImportanceSampling, FittedImportanceSampling, PosteriorDensity], {
  title: 'MarginalReport',
});
export type MarginalReport = Static<typeof Marginal>;

const Latents = Type.Object(
  {
    active_units: Type.Integer(),
    threshold: Type.Number({ description: 'A dimension is active if variance_of_mean exceeds this.' }),
    method: Type.Unsafe<'closed_form' | 'monte_carlo'>({
      type: 'string',
      enum: ['closed_form', 'monte_carlo'],
      description: 'How the divergences were computed.',
    }),
    dimensions: Type.Array(
      Type.Object(
        {
          kl_divergence: Type.Number({
            description:
              'KL divergence of q(z_j|x) from p(z_j) in nats, mean over the rows. The dimensions add up to the divergence of z, except for full_gaussian and dirichlet.',
          }),
          variance_of_mean: Type.Number({ description: 'Variance over the rows of the mean of q(z_j|x).' }),
          active: Type.Boolean(),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'LatentsReport' },
);

const floor = {
  mean,
  standard_error: spread.standard_error,
  ...bits,
} as const;
const Floor = Type.Object(floor, {
  ...closed,
  title: 'Floor',
  description: 'A model without latents whose elements are independent, fitted to the training rows.',
});
export type FloorReport = Static<typeof Floor>;
const Floors = Type.Object(
  {
    independent: Floor,
    probabilistic_pca: allowNull(
      Type.Object({ ...floor, latent_size: Type.Integer() }, { ...closed, title: 'ProbabilisticPca' }),
      {
        description:
          'The best linear model with as many latents and a single noise variance, in closed form.',
      },
    ),
    probabilistic_pca_absent: allowNull(Type.String(), {
      description: 'Why probabilistic_pca is null.',
    }),
  },
  { ...closed, title: 'FloorsReport' },
);

const comparison = {
  variance: numberOrNull(
    "Trace of the covariance of the gradient (nats per datapoint) with respect to the encoder's parameters.",
  ),
  ratio_to_sgvb_b: numberOrNull('Variance / variance of sgvb_b. null if the divergence has no closed form.'),
} as const;
const GradientVariance = Type.Object(
  {
    minibatch_size: Type.Integer(),
    draws: Type.Integer(),
    estimators: Type.Array(
      Type.Object(
        {
          estimator: Type.Unsafe<EstimatorName>({ type: 'string' }),
          control_variate: Type.Optional(Type.String()),
          ...comparison,
          all_parameters: Type.Object(comparison, {
            ...closed,
            description: 'The same with respect to the parameters of both networks.',
          }),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'GradientVarianceReport' },
);

export const EvaluationReport = Type.Object(
  {
    protocol: Protocol,
    elbo: Type.Optional(Elbo),
    log_marginal_likelihood: Type.Optional(Type.Array(Marginal)),
    latents: Type.Optional(Latents),
    floors: Type.Optional(Floors),
    gradient_variance: Type.Optional(GradientVariance),
    warnings: Type.Array(Type.String(), { description: 'What you should know before you use the numbers.' }),
  },
  closed,
);
export type EvaluationReport = Static<typeof EvaluationReport>;
