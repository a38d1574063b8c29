import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import {
  isIndependent,
  type IndependentPrior,
  type PosteriorSpec,
  type PriorSpec,
} from '../specification/latent.ts';
import type { Distribution, DistributionFamily } from './distribution.ts';
import { distributionFamily, FAMILIES } from './families/families.ts';
import { klDivergence } from './kl.ts';
import type { Quantile } from './quantiles/quantile.ts';

/** The family of a specification, with its hyperparameters. */
export function latentFamily({ family, ...fields }: PosteriorSpec | PriorSpec): DistributionFamily {
  return distributionFamily(family, fields);
}

/** p(z) over `size` dimensions, the same in each. */
export function priorOf(spec: PriorSpec, size: number): Distribution {
  const row = FAMILIES[spec.family];
  if ('prior' in row) return (row.prior as (spec: PriorSpec) => Distribution)(spec);
  const { family: _, ...numbers } = spec;
  const shape = isIndependent(spec) ? [] : [size];
  const entries = Object.entries<number>(numbers).map(([name, value]) => [name, tf.fill(shape, value)]);
  return latentFamily(spec).of(Object.fromEntries(entries) as Record<string, Tensor>);
}

/** The quantile of p(z) in any one dimension. */
export function priorQuantile(prior: IndependentPrior): Quantile {
  const make = FAMILIES[prior.family].quantile as (prior: IndependentPrior) => Quantile;
  return make(prior);
}

/** KL(q || p) of each row in closed form; null if the pair has none. */
export function closedFormKl(
  posterior: PosteriorSpec,
  prior: PriorSpec,
): ((q: Distribution, p: Distribution) => Tensor) | null {
  return klDivergence(posterior.family, prior.family) ?? null;
}
