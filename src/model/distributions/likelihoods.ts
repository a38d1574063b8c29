import * as tf from '@tensorflow/tfjs';
import { needsTransform } from '../dataset/standardise.ts';
import type { ElementStatistics } from '../dataset/statistics.ts';
import type { LikelihoodName, LikelihoodOf, LikelihoodSpec } from '../specification/likelihood.ts';
import { bernoulli } from './likelihoods/bernoulli.ts';
import { categorical } from './likelihoods/categorical.ts';
import { continuousBernoulli } from './likelihoods/continuous-bernoulli.ts';
import { gaussian } from './likelihoods/gaussian.ts';
import type { Likelihood, LikelihoodFamily } from './likelihoods/likelihood.ts';
import { mixed } from './likelihoods/mixed.ts';
import { poisson } from './likelihoods/poisson.ts';

export type { ElementStatistics } from '../dataset/statistics.ts';
export type { Likelihood, LikelihoodFamily } from './likelihoods/likelihood.ts';

type Families = { readonly [Name in LikelihoodName]: (spec: LikelihoodOf<Name>) => LikelihoodFamily };

const FAMILIES: Families = {
  bernoulli,
  continuous_bernoulli: continuousBernoulli,
  gaussian,
  poisson,
  categorical,
  mixed,
};

/** Errors: RangeError where the specification asks for a transform that has not been computed (dataset/standardise.ts). */
export function likelihoodFamily(spec: LikelihoodSpec): LikelihoodFamily {
  if (needsTransform(spec)) throw new RangeError(`the ${spec.family} likelihood has no transform yet`);
  const make = FAMILIES[spec.family] as (spec: LikelihoodSpec) => LikelihoodFamily;
  return make(spec);
}

const FLOOR_SHARE = 1e-4;

/** The best model with independent elements and no latent: its score is a floor under every trained one. */
export function independentLikelihood(family: LikelihoodFamily, statistics: ElementStatistics): Likelihood {
  const { output, extra } = family.marginal(statistics, FLOOR_SHARE);
  const entries = Object.entries(extra).map(([name, data]) => [name, tf.tensor1d(data)] as const);
  return family.fromOutput(tf.tensor1d(output), Object.fromEntries(entries));
}
