import type { Static, TObject, TProperties } from 'typebox';

/** Where values lie. */
export const SUPPORTS = ['real', 'positive', 'unit_interval', 'simplex'] as const;
export type Support = (typeof SUPPORTS)[number];

/** What a prior needs of its posterior: KL(q || p) is infinite where E_q[-log p(z)] does not exist. */
export interface Moment {
  readonly name: 'E|z|' | 'E z^2' | 'E e^-z' | 'E e^z';
  /** The factor t of z in E e^z: E e^(t z). Other moments have none. */
  readonly rate?: number;
}

/** What is known of a family without tensors. Its mathematics: src/model/distributions/families/<name>.ts. */
export interface FamilyDescription {
  /** A posterior's values must lie where its prior's do. */
  readonly support: Support;
  /** False if the density is 0 on a part of the support for some parameters: such a family cannot be a prior. */
  readonly coversSupport?: false;
  /** Fields of q(z|x), which the encoder does not give (hyperparameters). */
  readonly posterior: TProperties;
  /** Fields of p(z), the same in every dimension; null: not offered as a prior. */
  readonly prior: TProperties | null;
  /** Numbers that the encoder gives for each dimension, or for all of this many dimensions. */
  readonly encoderOutputs: number | ((latentSize: number) => number);
  /** Limits of its own on latent_size. */
  readonly latentSize?: { readonly minimum?: number; readonly maximum?: number };
  /** False if the dimensions of a draw depend on each other. Default true. */
  readonly isIndependent?: false;
  /** As q: the priors p for which KL(q || p) has a closed form (src/model/distributions/kl.ts). */
  readonly closedFormKl: readonly string[];
}

/** The two sides of a divergence that may be infinite, typed by the fields that they read. */
export interface Tails<Posterior, Prior> {
  /** As p: the moment that q must have. */
  readonly needs?: (prior: Prior) => Moment;
  /** As q: whether it lacks this moment, whatever the encoder gives. Default: it does not. */
  readonly lacks?: (moment: Moment, posterior: Posterior) => boolean;
}

type Fields<Schemas> = Schemas extends TProperties ? Static<TObject<Schemas>> : never;

export function describeFamily<const Description extends FamilyDescription>(
  description: Description,
  tails: Tails<Fields<Description['posterior']>, Fields<Description['prior']>> = {},
) {
  return { ...description, tails };
}

/** Lists of families that stand together in {@link FamilyDescription.closedFormKl}. */
export const GAMMAS = ['gamma', 'erlang', 'exponential', 'chi_squared'] as const;
export const WEIBULLS = ['weibull', 'rayleigh'] as const;
