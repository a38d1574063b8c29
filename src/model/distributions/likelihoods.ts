import * as tf from '@tensorflow/tfjs';
import type { ElementStatistics } from '../dataset/statistics.ts';
import {
  isShared,
  needsStatistics,
  type LikelihoodSpec,
  type SharedLikelihood,
} from '../specification/likelihood.ts';
import type { LikelihoodDistribution, LikelihoodFamily } from './likelihoods/likelihood.ts';
import { mixed } from './likelihoods/mixed.ts';
import { withMissing } from './likelihoods/missing.ts';
import { MATHEMATICS } from './likelihoods/table.ts';

export type { ElementStatistics } from '../dataset/statistics.ts';
export type { LikelihoodDistribution, LikelihoodFamily } from './likelihoods/likelihood.ts';

/** Errors: RangeError if the specification asks for numbers that have not been computed (dataset/complete.ts). */
export function likelihoodFamily(spec: LikelihoodSpec): LikelihoodFamily {
  if (needsStatistics(spec))
    throw new RangeError(`the ${spec.family} likelihood has no transform or share yet`);
  if (!isShared(spec)) return mixed(spec);
  const make = MATHEMATICS[spec.family].row as (spec: SharedLikelihood) => LikelihoodFamily;
  return spec.missing === true ? withMissing(make(spec), spec) : make(spec);
}

const FLOOR_SHARE = 1e-4;

/** The best model with independent elements and no latent: its score is a floor under every trained one. */
export function independentLikelihood(
  family: LikelihoodFamily,
  statistics: ElementStatistics,
): LikelihoodDistribution {
  const { output, extra } = family.marginal(statistics, FLOOR_SHARE);
  const entries = Object.entries(extra).map(([name, data]) => [name, tf.tensor1d(data)] as const);
  return family.fromOutput(tf.tensor1d(output), Object.fromEntries(entries));
}
