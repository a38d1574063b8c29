import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FamilyName } from '../specification/distributions.ts';
import type { PosteriorSpec, PriorSpec } from '../specification/latent.ts';
import type { Distribution, Values } from './distribution.ts';
import { beta } from './families/beta.ts';
import { gaussian } from './families/gaussian.ts';
import { klByElement } from './kl.ts';

/** KL of each dimension's own q_j from its own p_j, [..., size]. */
export type DimensionKl =
  | { readonly method: 'closed_form'; readonly of: (q: Distribution, p: Distribution) => Tensor }
  /** From a draw z of q: its mean over draws is the divergence. */
  | {
      readonly method: 'monte_carlo';
      readonly of: (q: Distribution, p: Distribution, z: Tensor) => Tensor;
    };

/**
 * The divergence dimension by dimension. Where the dimensions of q are independent given x it adds up to KL(q || p); of a
 * full_gaussian and a dirichlet it is that of the marginals, a lower bound.
 */
export function dimensionKl(posterior: PosteriorSpec, prior: PriorSpec): DimensionKl {
  const [q, p] = [marginalsOf(posterior.family), marginalsOf(prior.family)];
  const closedForm = klByElement(q.family, p.family);
  if (closedForm) {
    return { method: 'closed_form', of: (one, other) => closedForm(q.of(one), p.of(other)) };
  }
  return {
    method: 'monte_carlo',
    of: (one, other, z) => tf.sub(logProb(q.of(one), z), logProb(p.of(other), z)),
  };
}

interface Marginals {
  readonly family: FamilyName;
  readonly of: (distribution: Distribution) => Distribution;
}

/** How the dimensions of a family are distributed one by one, where they are not independent. */
const MARGINALS: { readonly [Family in FamilyName]?: Marginals } = {
  full_gaussian: {
    family: 'gaussian',
    of: (distribution) =>
      gaussian.of({
        mean: distribution.mean(),
        log_variance: tf.mul(tf.log(distribution.standardDeviation()), 2),
      }),
  },
  dirichlet: {
    family: 'beta',
    of(distribution) {
      const { concentration } = distribution.parameters as Values<'concentration'>;
      return beta.of({
        alpha: concentration,
        beta: tf.sub(tf.sum(concentration, -1, true), concentration),
      });
    },
  },
};

function marginalsOf(family: FamilyName): Marginals {
  return MARGINALS[family] ?? { family, of: (distribution) => distribution };
}

function logProb(distribution: Distribution, z: Tensor): Tensor {
  if (!distribution.logProbByDimension)
    throw new RangeError('the dimensions of this one are not independent');
  return distribution.logProbByDimension(z);
}
