import type { IndependentPriorFamily, PriorOf } from '../../specification/latent.ts';

/** The inverse of a distribution function: p in (0, 1) -> z. */
export type Quantile = (p: number) => number;

/**
 * That of one dimension of a prior, in double precision and without tensors: a closed form, or bisection for what is built
 * on Gammas.
 */
export type QuantileOf<Family extends IndependentPriorFamily> = (prior: PriorOf<Family>) => Quantile;

/** The quantile of the exponential with rate 1. */
export const standardExponentialQuantile: Quantile = (p) => -Math.log1p(-p);
