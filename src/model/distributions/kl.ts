import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { klFromStandardNormal } from './diagonal-gaussian.ts';
import type { Distribution } from './distribution.ts';
import * as positive from './divergences/positive.ts';
import * as real from './divergences/real.ts';
import { betaBeta, dirichletDirichlet, fullGaussianGaussian } from './divergences/vectors.ts';
import type { ParametersOf } from './families/families.ts';
import type { FamilyName, KlPair } from '../specification/families/families.ts';

/** KL(q || p) summed over the last axis: [...]. The parameters of q have that axis in full. */
export type Divergence<Q extends FamilyName = FamilyName, P extends FamilyName = FamilyName> = (
  q: DistributionOf<Q>,
  p: DistributionOf<P>,
) => Tensor;

type DistributionOf<Name extends FamilyName> = FamilyName extends Name
  ? Distribution
  : Distribution<keyof ParametersOf<Name> & string>;

type Grid<Q extends FamilyName, P extends FamilyName> = {
  readonly [Pair in `${Q}|${P}`]: Pair extends `${infer A extends Q}|${infer B extends P}`
    ? Divergence<A, B>
    : never;
};

/** KL(q || p) of each element: [..., size]. */
type ByElement<Q extends FamilyName = FamilyName, P extends FamilyName = FamilyName> = (
  q: ParametersOf<Q>,
  p: ParametersOf<P>,
) => Tensor;

type Elements<Q extends FamilyName, P extends FamilyName> = {
  readonly [Pair in `${Q}|${P}`]: Pair extends `${infer A extends Q}|${infer B extends P}`
    ? ByElement<A, B>
    : never;
};

/** Quantities that the formulas need, from each family's parameters. */
type Views<Name extends FamilyName, View> = {
  readonly [Own in Name]: (parameters: ParametersOf<Own>) => View;
};

/** One formula for every pair of a family that provides `A` and one that provides `B`. */
function grid<Q extends FamilyName, P extends FamilyName, A, B>(
  qs: Views<Q, A>,
  ps: Views<P, B>,
  formula: (a: A, b: B) => Tensor,
): Elements<Q, P> {
  const entries = (Object.keys(qs) as Q[]).flatMap((q) =>
    (Object.keys(ps) as P[]).map((p) => {
      const byElement: ByElement<Q, P> = (a, b) => formula(qs[q](a), ps[p](b));
      return [`${q}|${p}`, byElement] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as Elements<Q, P>;
}

const same = <Parameters>(parameters: Parameters): Parameters => parameters;
const { weibull, rayleigh } = positive.AS_WEIBULL;

type VectorPair = 'full_gaussian|gaussian' | 'dirichlet|dirichlet';

const BY_ELEMENT: Pick<Elements<FamilyName, FamilyName>, Exclude<KlPair, VectorPair>> = {
  ...grid(real.MOMENTS, { gaussian: same }, real.fromGaussian),
  ...grid(positive.LOG_MOMENTS, positive.AS_GAMMA, positive.fromGamma),
  ...grid(positive.LOG_MOMENTS, { log_normal: same }, positive.fromLogNormal),
  ...grid({ pareto: positive.paretoLogMoments }, { log_normal: same }, positive.fromLogNormal),
  ...grid(positive.AS_WEIBULL, { weibull, rayleigh }, positive.weibullWeibull),
  'gaussian|gaussian': real.gaussianGaussian,
  'laplace|laplace': real.laplaceLaplace,
  'gaussian|laplace': real.gaussianLaplace,
  'gumbel|gumbel': real.gumbelGumbel,
  'gaussian|gumbel': real.gaussianGumbel,
  'cauchy|cauchy': real.cauchyCauchy,
  'beta|beta': betaBeta,
};

/** Pairs whose divergence is not a sum over elements, or has a shorter formula if p is N(0, I). */
const WHOLE: Pick<Grid<FamilyName, FamilyName>, VectorPair | 'gaussian|gaussian'> = {
  'gaussian|gaussian': (q, p) => {
    const { mean, log_variance: logVariance } = q.parameters;
    return p.isStandardNormal
      ? klFromStandardNormal({ mean, logVariance })
      : tf.sum(real.gaussianGaussian(q.parameters, p.parameters), -1);
  },
  'full_gaussian|gaussian': (q, p) => fullGaussianGaussian(q.parameters, p.parameters),
  'dirichlet|dirichlet': (q, p) => dirichletDirichlet(q.parameters, p.parameters),
};

/** Undefined if there is no closed form: then estimate it from draws. */
export function klDivergence(q: FamilyName, p: FamilyName): Divergence | undefined {
  const pair = `${q}|${p}`;
  const whole = (WHOLE as Readonly<Record<string, Divergence | undefined>>)[pair];
  if (whole) return whole;
  const byElement = klByElement(q, p);
  return byElement && ((one, other) => tf.sum(byElement(one, other), -1));
}

/** KL(q || p) of each dimension, [..., size]; undefined if there is no closed form or dimensions are not independent. */
export function klByElement(q: FamilyName, p: FamilyName): Divergence | undefined {
  const found = (BY_ELEMENT as Readonly<Record<string, ByElement | undefined>>)[`${q}|${p}`];
  return found && ((one, other) => found(one.parameters, other.parameters));
}
