import type { Static, TObject, TProperties } from 'typebox';

/** Sets of possible values. */
export const SUPPORTS = ['real', 'positive', 'unit_interval', 'simplex'] as const;
export type Support = (typeof SUPPORTS)[number];

/** A moment that the posterior must have: KL(q || p) is infinite if E_q[-log p(z)] does not exist. */
export interface Moment {
  readonly name: 'E|z|' | 'E z^2' | 'E e^-z' | 'E e^z';
  /** The factor t of z in E e^z: E e^(t z). Other moments have none. */
  readonly rate?: number;
}

/** Facts about a family that need no tensors. Its mathematics: src/model/distributions/families/<name>.ts. */
export interface FamilyDescription {
  /** Posterior and prior must have the same support. */
  readonly support: Support;
  /** False if some parameters give density 0 on a part of the support: the family cannot be a prior. */
  readonly coversSupport?: false;
  /** Fields of q(z|x) that the encoder does not output (hyperparameters). */
  readonly posterior: TProperties;
  /** Fields of p(z), the same in every dimension; null: cannot be a prior. */
  readonly prior: TProperties | null;
  /** Encoder outputs per dimension or, as a function of latent_size, for all dimensions. */
  readonly encoderOutputs: number | ((latentSize: number) => number);
  /** The family's own limits on latent_size. */
  readonly latentSize?: { readonly minimum?: number; readonly maximum?: number };
  /** False if the dimensions of a draw depend on each other. Default true. */
  readonly isIndependent?: false;
  /** As q: the priors p for which KL(q || p) has a closed form (src/model/distributions/kl.ts). */
  readonly closedFormKl: readonly string[];
}

/** Rules for divergences that may be infinite, typed by the fields that they read. */
export interface Tails<Posterior, Prior> {
  /** As p: the moment that q must have. */
  readonly needs?: (prior: Prior) => Moment;
  /** As q: whether it lacks this moment for every encoder output. Default: false. */
  readonly lacks?: (moment: Moment, posterior: Posterior) => boolean;
}

type Fields<Schemas> = Schemas extends TProperties ? Static<TObject<Schemas>> : never;

export function describeFamily<const Description extends FamilyDescription>(
  description: Description,
  tails: Tails<Fields<Description['posterior']>, Fields<Description['prior']>> = {},
) {
  return { ...description, tails };
}

/** Groups of families for {@link FamilyDescription.closedFormKl}. */
export const GAMMAS = ['gamma', 'erlang', 'exponential', 'chi_squared'] as const;
export const WEIBULLS = ['weibull', 'rayleigh'] as const;
