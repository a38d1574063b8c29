import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FamilyName, HyperparametersOf } from '../specification/distributions.ts';
import type { PosteriorSpec, PriorSpec } from '../specification/latent.ts';
import type { Distribution, DistributionFamily } from './distribution.ts';
import { distributionFamily } from './families/families.ts';
import { gaussian, standardNormal } from './families/gaussian.ts';
import { klDivergence } from './kl.ts';

/** The family that a specification names, its hyperparameters set. */
export function latentFamily(spec: PosteriorSpec | PriorSpec): DistributionFamily {
  const { family, ...hyperparameters } = spec;
  return distributionFamily<FamilyName>(family, hyperparameters as HyperparametersOf<FamilyName>);
}

/** p(z) over `size` dimensions, the same in each. */
export function priorOf(spec: PriorSpec, size: number): Distribution {
  if (spec.family === 'gaussian') return gaussianPrior(spec.mean, spec.standard_deviation);
  const { family, ...numbers } = spec;
  const shape = family === 'dirichlet' ? [size] : [];
  const entries = Object.entries<number>(numbers).map(([name, value]) => [name, tf.fill(shape, value)]);
  return latentFamily(spec).of(Object.fromEntries(entries) as Record<string, Tensor>);
}

function gaussianPrior(mean: number, deviation: number): Distribution {
  if (mean === 0 && deviation === 1) return standardNormal();
  const parameters = { mean: tf.scalar(mean), log_variance: tf.scalar(2 * Math.log(deviation)) };
  return gaussian.of(parameters);
}

/** KL(q || p) of each row in closed form; null where the pair has none. */
export function closedFormKl(
  posterior: PosteriorSpec,
  prior: PriorSpec,
): ((q: Distribution, p: Distribution) => Tensor) | null {
  return klDivergence(posterior.family, prior.family) ?? null;
}
