import type * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../../src/model/distributions/distribution.ts';
import { klDivergence } from '../../src/model/distributions/kl.ts';
import type { FloatArrays, Tensors } from '../../src/model/runtime/runtime.ts';
import {
  describedFamily,
  FAMILY_NAMES,
  type FamilyName,
} from '../../src/model/specification/families/families.ts';
import { arraysOf, distributionOf } from './family-cases.ts';
import { array } from './tiny-model.ts';

type Parameters = Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;

/** Distributions between which divergences are near 1, with tails that let draws estimate them well. */
const POSTERIORS: { readonly [Name in FamilyName]: Parameters } = {
  exponential: { rate: [2.5] },
  cauchy: { location: [1.5], scale: [0.5] },
  rayleigh: { scale: [0.4] },
  pareto: { scale: [0.4], shape: [4] },
  weibull: { scale: [0.6], shape: [1.7] },
  reciprocal: { low: [0.25], ratio: [3] },
  gompertz: { shape: [1], scale: [1] },
  gumbel: { location: [1], scale: [0.3] },
  erlang: { rate: [4] },
  laplace: { location: [1.5], scale: [0.4] },
  full_gaussian: {
    mean: [1, -0.5],
    cholesky: [
      [0.5, 0],
      [0.4, 0.3],
    ],
  },
  student_t: { location: [1.5], scale: [0.4] },
  logistic: { location: [1.5], scale: [0.25] },
  uniform: { low: [0.5], width: [1.5] },
  triangular: { location: [0.5], scale: [2] },
  gaussian: { mean: [1.5], log_variance: [-1.5] },
  log_normal: { location: [-0.7], scale: [0.4] },
  gamma: { shape: [3], rate: [6] },
  dirichlet: { concentration: [4, 1.5, 2] },
  beta: { alpha: [4], beta: [2] },
  chi_squared: { degrees_of_freedom: [10] },
  f: { d1: [4], d2: [8] },
};
const PRIORS: Partial<Record<FamilyName, Parameters>> = {
  exponential: { rate: [0.4] },
  cauchy: { location: [-0.5], scale: [1] },
  rayleigh: { scale: [1.2] },
  weibull: { scale: [1.8], shape: [1.5] },
  gumbel: { location: [-0.5], scale: [1] },
  erlang: { rate: [1] },
  laplace: { location: [0], scale: [0.8] },
  gaussian: { mean: [0.2], log_variance: [0.3] },
  log_normal: { location: [0.5], scale: [1.2] },
  gamma: { shape: [2.5], rate: [1.4] },
  dirichlet: { concentration: [1, 2, 3] },
  beta: { alpha: [1.5], beta: [3] },
  chi_squared: { degrees_of_freedom: [3.5] },
};

/** Posteriors and priors whose divergence has a closed form. */
export const PAIRS = FAMILY_NAMES.flatMap((q) => {
  const { closedFormKl } = describedFamily(q);
  return FAMILY_NAMES.filter((p) => closedFormKl.includes(p)).map((p) => [q, p] as const);
});

const prefixed = (arrays: FloatArrays, mark: string): FloatArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, value]) => [mark + name, value]));

const picked = (tensors: Tensors, mark: string): Tensors => {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(mark));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(mark.length), value]));
};

/** Two distributions and their divergence as functions of their parameters. */
interface Pair {
  readonly inputs: FloatArrays;
  readonly distributions: (inputs: Tensors) => { readonly q: Distribution; readonly p: Distribution };
  readonly divergence: (inputs: Tensors) => tf.Tensor;
}

export function pairOf(q: FamilyName, p: FamilyName): Pair {
  const given = { q: arraysOf(POSTERIORS[q]), p: arraysOf(array(PRIORS as Record<string, Parameters>, p)) };
  const divergence = klDivergence(q, p);
  if (!divergence) throw new RangeError(`no closed form of ${q}|${p}`);
  const of = (name: FamilyName, mark: 'q' | 'p', inputs: Tensors) =>
    distributionOf(
      { family: name, hyperparameters: {}, parameters: given[mark] },
      picked(inputs, `${mark}.`),
    );
  return {
    inputs: { ...prefixed(given.q, 'q.'), ...prefixed(given.p, 'p.') },
    distributions: (inputs: Tensors) => ({ q: of(q, 'q', inputs), p: of(p, 'p', inputs) }),
    divergence: (inputs: Tensors): tf.Tensor => divergence(of(q, 'q', inputs), of(p, 'p', inputs)),
  };
}
