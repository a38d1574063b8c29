import Type, { type Static } from 'typebox';
import { KL_PAIRS, type FamilyName, type Support } from './distributions.ts';
import { tagged } from './schema.ts';

const positive = (value: number, description: string) =>
  Type.Number({ minimum: 1e-3, maximum: 1e6, default: value, description });
const real = (value: number, description: string) =>
  Type.Number({ minimum: -1e6, maximum: 1e6, default: value, description });

const erlangShape = Type.Integer({
  minimum: 1,
  maximum: 64,
  default: 2,
  description: 'How many exponential numbers are added.',
});
const degreesOfFreedom = Type.Number({
  minimum: 0.5,
  maximum: 1000,
  default: 5,
  description: 'The smaller, the heavier the tails.',
});
const peak = Type.Number({
  minimum: 0,
  maximum: 1,
  default: 0.5,
  description: 'Where between the ends the density is highest.',
});

/** q(z|x): the encoder gives its parameters. What stands here is fixed. */
export const Posterior = tagged(
  'family',
  {
    gaussian: {},
    full_gaussian: {},
    laplace: {},
    logistic: {},
    student_t: { degrees_of_freedom: degreesOfFreedom },
    cauchy: {},
    gumbel: {},
    uniform: {},
    triangular: { peak },
    exponential: {},
    erlang: { shape: erlangShape },
    gamma: {},
    chi_squared: {},
    rayleigh: {},
    weibull: {},
    log_normal: {},
    pareto: {},
    gompertz: {},
    reciprocal: {},
    f: {},
    beta: {},
    dirichlet: {},
  },
  'gaussian',
);

const location = real(0, 'Where the density is centered.');
const scale = positive(1, 'How wide it is.');

/** p(z): the same in every dimension, nothing learned. */
export const Prior = tagged(
  'family',
  {
    gaussian: {
      mean: real(0, 'Mean of each dimension.'),
      standard_deviation: positive(1, 'Standard deviation of each dimension.'),
    },
    laplace: { location, scale },
    logistic: { location, scale },
    student_t: { degrees_of_freedom: degreesOfFreedom, location, scale },
    cauchy: { location, scale },
    gumbel: { location, scale },
    exponential: { rate: positive(1, '1 / mean.') },
    erlang: { shape: erlangShape, rate: positive(1, 'shape / mean.') },
    gamma: { shape: positive(1, 'Shape.'), rate: positive(1, 'shape / mean.') },
    chi_squared: { degrees_of_freedom: positive(2, 'The mean.') },
    rayleigh: { scale: positive(1, 'Where the density is highest.') },
    weibull: { scale: positive(1, 'Scale.'), shape: positive(1, 'Shape; 1 is the exponential.') },
    log_normal: {
      location: real(0, 'Mean of log z.'),
      scale: positive(1, 'Standard deviation of log z.'),
    },
    gompertz: { shape: positive(1, 'Shape.'), scale: positive(1, 'Scale.') },
    f: {
      d1: positive(5, 'Numerator degrees of freedom.'),
      d2: Type.Number({
        exclusiveMinimum: 2,
        maximum: 1e6,
        default: 5,
        description: 'Denominator degrees of freedom.',
      }),
    },
    beta: { alpha: positive(1, 'First shape; 1 and 1 is uniform.'), beta: positive(1, 'Second shape.') },
    dirichlet: { concentration: positive(1, 'Of every dimension; 1 is uniform on the simplex.') },
  },
  'gaussian',
);

const familiesOf = (schema: object) =>
  (schema as { oneOf: { title: string }[] }).oneOf.map(({ title }) => title);

export type PosteriorSpec = Static<typeof Posterior>;
export type PriorSpec = Static<typeof Prior>;
export type PosteriorFamily = PosteriorSpec['family'];
export type PriorFamily = PriorSpec['family'];
export const POSTERIOR_FAMILIES = familiesOf(Posterior) as PosteriorFamily[];
export const PRIOR_FAMILIES = familiesOf(Prior) as PriorFamily[];

/** Where a family's values lie: a posterior's must lie in its prior's. */
export const FAMILY_SUPPORT: { readonly [Family in FamilyName]: Support } = {
  gaussian: 'real',
  full_gaussian: 'real',
  laplace: 'real',
  logistic: 'real',
  student_t: 'real',
  cauchy: 'real',
  gumbel: 'real',
  uniform: 'real',
  triangular: 'real',
  exponential: 'positive',
  erlang: 'positive',
  gamma: 'positive',
  chi_squared: 'positive',
  rayleigh: 'positive',
  weibull: 'positive',
  log_normal: 'positive',
  pareto: 'positive',
  gompertz: 'positive',
  reciprocal: 'positive',
  f: 'positive',
  beta: 'unit_interval',
  dirichlet: 'simplex',
};

/** Priors whose dimensions are independent: each has quantiles of its own. */
export type IndependentPrior = Exclude<PriorSpec, { family: 'dirichlet' }>;

export function isIndependent(prior: PriorSpec): prior is IndependentPrior {
  return prior.family !== 'dirichlet';
}

/** Parameters of q that the encoder gives for each dimension. */
const PARAMETERS: { readonly [Family in Exclude<PosteriorFamily, 'full_gaussian'>]: number } = {
  gaussian: 2,
  laplace: 2,
  logistic: 2,
  student_t: 2,
  cauchy: 2,
  gumbel: 2,
  uniform: 2,
  triangular: 2,
  exponential: 1,
  erlang: 1,
  gamma: 2,
  chi_squared: 1,
  rayleigh: 1,
  weibull: 2,
  log_normal: 2,
  pareto: 2,
  gompertz: 2,
  reciprocal: 2,
  f: 2,
  beta: 2,
  dirichlet: 1,
};

/** Width of the encoder's output. */
export function posteriorSize({ family }: PosteriorSpec, latentSize: number): number {
  return family === 'full_gaussian'
    ? latentSize + (latentSize * (latentSize + 1)) / 2
    : PARAMETERS[family] * latentSize;
}

/** Whether KL(q || p) is known in closed form. */
export function hasClosedFormKl(posterior: PosteriorSpec, prior: PriorSpec): boolean {
  const pairs: readonly string[] = KL_PAIRS;
  return pairs.includes(`${posterior.family}|${prior.family}`);
}
