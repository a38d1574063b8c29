import Type, { type Static } from 'typebox';
import { BINARIZATIONS, type BinarizationName } from './binarization.ts';
import { LIMITS } from './limits.ts';
import { closed, oneOf, tagged, type Tagged, type Variant } from './schema.ts';
import { DATASET_PARTS } from './split.ts';
import type { EstimatorSpec } from './training.ts';

/** What an evaluation measures, and on which rows. */

export const EVALUATION_LIMITS = {
  /** Maximum number of draws of z per row. */
  samples: 100_000,
  /** Appendix D fits a density to samples of the posterior, which works only in few dimensions. */
  posteriorDensityLatents: 4,
  /** Maximum number of passes of a row through the decoder for one measure: about an hour of MNIST on two cores. */
  decodings: 100_000_000,
  /** Maximum number of parameters for comparing gradients: their moments are kept in main memory. */
  gradientParameters: 20_000_000,
} as const;

/** A latent dimension is active if the variance of its posterior mean over the rows exceeds this (Burda et al. 2016). */
export const ACTIVE_THRESHOLD = 0.01;
/** Draws per row if the divergence of a dimension has no closed form. */
export const LATENT_DRAWS = 16;

/** Estimators whose gradients gradient_variance compares. */
export const COMPARED_ESTIMATORS: readonly EstimatorSpec[] = [
  { name: 'sgvb_b' },
  { name: 'sgvb_a' },
  { name: 'score_function', control_variate: 'none' },
  { name: 'score_function', control_variate: 'leave_one_out' },
];

/** Transitions of a Markov chain before its first sample, and between samples. */
export const CHAIN_SCHEDULE = { warmUp: 200, thinning: 5 } as const;

const samples = (value: number, minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: EVALUATION_LIMITS.samples, default: value, description });

/** Number of posterior samples to which fitted_importance_sampling fits its proposal. */
export const FITTED_SAMPLES = 50;

const leapfrogSteps = Type.Integer({
  minimum: 1,
  maximum: 100,
  default: 4,
  description: 'Leapfrog steps per transition of Hamiltonian Monte Carlo.',
});

/** How log p(x) is estimated: fields of the measure and of POST /log-marginal-likelihood. */
export const MARGINAL_METHODS = {
  importance_sampling: { samples: samples(1000, 1, 'Draws from q(z|x) per row.') },
  fitted_importance_sampling: {
    samples: samples(
      1000,
      1,
      'Draws per row from a Gaussian fitted to samples of its posterior. Use it if q(z|x) is poor.',
    ),
    leapfrog_steps: leapfrogSteps,
  },
  posterior_density: {
    samples: samples(
      50,
      2,
      'Samples from the posterior of each row to fit the density; as many further samples give the estimate.',
    ),
    leapfrog_steps: leapfrogSteps,
  },
} as const;
export const MarginalMeasure = tagged('MarginalMeasure', 'method', MARGINAL_METHODS);
export type MarginalMethod = keyof typeof MARGINAL_METHODS;
export type MarginalSpec = Tagged<'method', typeof MARGINAL_METHODS>;

const SIMPLE = {
  elbo: { samples: samples(1, 1, 'L, draws of z per row.') },
  latents: {},
  floors: {},
  gradient_variance: {
    minibatch_size: Type.Integer({
      minimum: 1,
      maximum: LIMITS.minibatchSize,
      default: 100,
      description: 'M; all evaluated rows if there are fewer.',
    }),
    draws: Type.Integer({
      minimum: 2,
      maximum: EVALUATION_LIMITS.samples,
      default: 200,
      description: 'Draws of the noise for the same minibatch and parameters.',
    }),
  },
} as const;
export type MeasureSpec =
  Tagged<'name', typeof SIMPLE> | ({ name: 'log_marginal_likelihood' } & MarginalSpec);
export type MeasureName = MeasureSpec['name'];
export type MeasureOf<Name extends MeasureName> = Extract<MeasureSpec, { name: Name }>;

/** A measure with one variant per method. */
const marginal = {
  ...tagged(
    'MarginalMeasure',
    'method',
    Object.fromEntries(
      Object.entries(MARGINAL_METHODS).map(([method, fields]) => [
        method,
        { name: Type.Literal('log_marginal_likelihood'), ...fields },
      ]),
    ),
  ),
  required: ['name', 'method'],
  properties: {
    name: { type: 'string', const: 'log_marginal_likelihood' },
    method: {
      type: 'string',
      enum: Object.keys(MARGINAL_METHODS),
      default: 'importance_sampling' satisfies MarginalMethod,
    },
  },
};
const simple = tagged('Measure', 'name', SIMPLE);

const Measure = Type.Unsafe<MeasureSpec>({
  ...simple,
  oneOf: [...simple.oneOf, marginal],
  description:
    'elbo: the lower bound and its terms; log_marginal_likelihood: estimates of log p(x); latents: how each latent dimension is used; floors: what simple models reach without training; gradient_variance: how much the gradients of the estimators vary.',
});

const DEFAULT_MEASURES: readonly object[] = [{ name: 'elbo' }, { name: 'latents' }, { name: 'floors' }];

export const EVALUATION_FIELDS = {
  rows: oneOf(
    DATASET_PARTS,
    'held_out',
    'Which rows, as the training split its data set. held_out: the test rows or, if there are none, the validation rows. In another data set, all rows but the test rows count as train.',
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Maximum number of rows; the first ones are used. Default: all.',
    }),
  ),
  binarization: Type.Optional(
    Type.Unsafe<BinarizationName>({
      type: 'string',
      enum: [...BINARIZATIONS],
      description:
        "Default: as in the training. static draws with the model's seed, as the training did; dynamic draws once per row with the seed given here.",
    }),
  ),
  seed: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description:
      'Determines the noise, which depends on (seed, row, draw): the same order gives the same numbers.',
  }),
  measures: Type.Array(Measure, {
    minItems: 1,
    maxItems: 8,
    default: DEFAULT_MEASURES,
    description: 'At most one of each name and method.',
  }),
} as const;

export const EvaluationSpec = Type.Object(EVALUATION_FIELDS, closed);
export type EvaluationSpec = Static<typeof EvaluationSpec>;

/** An evaluation has at most one measure per key. */
export function measureKey(measure: MeasureSpec): string {
  return 'method' in measure ? `${measure.name} (${measure.method})` : measure.name;
}

type Decodings = {
  readonly [Name in MeasureName]: (measure: MeasureOf<Name>, rows: number) => number;
};
type MarginalDecodings = {
  readonly [Method in MarginalMethod]: (spec: Extract<MarginalSpec, { method: Method }>) => number;
};

const MARGINAL_DECODINGS: MarginalDecodings = {
  importance_sampling: ({ samples: draws }) => draws,
  fitted_importance_sampling: ({ samples: draws, leapfrog_steps: steps }) =>
    chainDecodings(FITTED_SAMPLES, steps) + draws,
  posterior_density: ({ samples: draws, leapfrog_steps: steps }) => chainDecodings(2 * draws, steps),
};

function chainDecodings(samplesOfChain: number, leapfrog: number): number {
  return (CHAIN_SCHEDULE.warmUp + samplesOfChain * CHAIN_SCHEDULE.thinning) * transitionDecodings(leapfrog);
}

/** Passes per transition of Hamiltonian Monte Carlo: a gradient takes as long as three passes. */
export function transitionDecodings(leapfrogSteps: number): number {
  return 3 * (leapfrogSteps + 1);
}

const DECODINGS: Decodings = {
  elbo: ({ samples: draws }, rows) => rows * draws,
  log_marginal_likelihood: (spec, rows) => rows * marginalDecodings(spec),
  latents: (_measure, rows) => rows,
  floors: (_measure, rows) => rows,
  gradient_variance: ({ minibatch_size: size, draws }, rows) =>
    3 * COMPARED_ESTIMATORS.length * draws * Math.min(size, rows),
};

export function marginalDecodings<Method extends MarginalMethod>(
  spec: Variant<MarginalSpec, 'method', Method>,
): number {
  const method: Method = spec.method;
  return MARGINAL_DECODINGS[method](spec);
}

/** Approximate number of passes through the decoder that a measure needs for this many rows. */
export function decodingsOf<Name extends MeasureName>(
  measure: Variant<MeasureSpec, 'name', Name>,
  rows: number,
): number {
  const name: Name = measure.name;
  return DECODINGS[name](measure, rows);
}

const NEEDS_ENCODER: { readonly [Name in MeasureName]: (measure: MeasureOf<Name>) => boolean } = {
  elbo: () => true,
  log_marginal_likelihood: ({ method }) => method === 'importance_sampling',
  latents: () => true,
  floors: () => false,
  gradient_variance: () => true,
};

/** Whether a measure needs q(z|x), which models trained by mcem do not have. */
export function needsEncoder<Name extends MeasureName>(measure: Variant<MeasureSpec, 'name', Name>): boolean {
  const name: Name = measure.name;
  return NEEDS_ENCODER[name](measure);
}
