import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FamilyName } from '../specification/families/families.ts';
import type { PosteriorSpec, PriorSpec } from '../specification/latent.ts';
import type { Distribution } from './distribution.ts';
import { FAMILIES, type Marginals } from './families/families.ts';
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

function marginalsOf(family: FamilyName): Marginals {
  const row = FAMILIES[family];
  return 'marginals' in row ? row.marginals : { family, of: (distribution) => distribution };
}

function logProb(distribution: Distribution, z: Tensor): Tensor {
  if (!distribution.logProbByDimension)
    throw new RangeError('the dimensions of this one are not independent');
  return distribution.logProbByDimension(z);
}
