/** The vocabulary of distributions; knows no tensors, so that specifications can be written in it. */

/** Where values lie. */
export const SUPPORTS = ['real', 'positive', 'unit_interval', 'simplex'] as const;
export type Support = (typeof SUPPORTS)[number];

/** Section 2.4: by the inverse CDF, by location and scale, by composition. */
export const FAMILY_NAMES = [
  'exponential',
  'cauchy',
  'rayleigh',
  'pareto',
  'weibull',
  'reciprocal',
  'gompertz',
  'gumbel',
  'erlang',
  'laplace',
  'full_gaussian',
  'student_t',
  'logistic',
  'uniform',
  'triangular',
  'gaussian',
  'log_normal',
  'gamma',
  'dirichlet',
  'beta',
  'chi_squared',
  'f',
] as const;
export type FamilyName = (typeof FAMILY_NAMES)[number];

/** What is set, not learned; a family that is not here has none. */
export interface Hyperparameters {
  /** A whole number, 1 to 64; default 2. */
  readonly erlang: { readonly shape?: number };
  /** Above 0; default 5. */
  readonly student_t: { readonly degrees_of_freedom?: number };
  /** Where the density is highest, as a share of the width: between 0 and 1; default 0.5. */
  readonly triangular: { readonly peak?: number };
}
export type HyperparametersOf<Name extends FamilyName> = Name extends keyof Hyperparameters
  ? Hyperparameters[Name]
  : Readonly<Record<string, never>>;

/** Families that are Gamma distributions, written in their own parameters. */
export const GAMMAS = ['gamma', 'erlang', 'exponential', 'chi_squared'] as const;
export type GammaName = (typeof GAMMAS)[number];
/** Families that are Weibull distributions; so is the exponential, which stands with {@link GAMMAS}. */
export const WEIBULLS = ['weibull', 'rayleigh'] as const;
export type WeibullName = (typeof WEIBULLS)[number];
/** Positive families that a divergence from a Gamma has a closed form for. */
export const POSITIVES = [...GAMMAS, ...WEIBULLS, 'log_normal', 'reciprocal'] as const;
export type PositiveName = (typeof POSITIVES)[number];
const LOCATED = ['laplace', 'logistic', 'gumbel', 'student_t', 'uniform', 'triangular'] as const;
export type LocatedName = (typeof LOCATED)[number];

const pairs = <Q extends FamilyName, P extends FamilyName>(qs: readonly Q[], ps: readonly P[]) =>
  qs.flatMap((q) => ps.map((p): `${Q}|${P}` => `${q}|${p}`));

/** Pairs q|p of which KL(q || p) is known in closed form. */
export const KL_PAIRS = [
  ...pairs([...LOCATED, 'gaussian', 'full_gaussian'], ['gaussian']),
  ...pairs(['laplace', 'gaussian'], ['laplace']),
  ...pairs(['gumbel', 'gaussian'], ['gumbel']),
  'cauchy|cauchy' as const,
  ...pairs(POSITIVES, GAMMAS),
  ...pairs([...POSITIVES, 'pareto'], ['log_normal']),
  ...pairs([...WEIBULLS, 'exponential'], WEIBULLS),
  'beta|beta' as const,
  'dirichlet|dirichlet' as const,
] as const;
export type KlPair = (typeof KL_PAIRS)[number];
