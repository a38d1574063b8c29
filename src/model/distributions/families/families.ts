import type { DependentFamily, FamilyName, PriorFamily } from '../../specification/families/families.ts';
import {
  hyperparametersOf,
  type HyperparametersOf,
  type IndependentPriorFamily,
  type PriorOf,
} from '../../specification/latent.ts';
import type { Distribution, DistributionFamily } from '../distribution.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';
import { beta, betaQuantile } from './beta.ts';
import { cauchy, cauchyQuantile } from './cauchy.ts';
import { chiSquared, chiSquaredQuantile } from './chi-squared.ts';
import { dirichlet, dirichletMarginals } from './dirichlet.ts';
import { erlang, erlangQuantile } from './erlang.ts';
import { exponential, exponentialQuantile } from './exponential.ts';
import { fRatio, fQuantile } from './f.ts';
import { fullGaussian, fullGaussianMarginals } from './full-gaussian.ts';
import { gamma, gammaQuantile } from './gamma.ts';
import { gaussian, gaussianPrior, gaussianQuantile } from './gaussian.ts';
import { gompertz, gompertzQuantile } from './gompertz.ts';
import { gumbel, gumbelQuantile } from './gumbel.ts';
import { laplace, laplaceQuantile } from './laplace.ts';
import { logNormal, logNormalQuantile } from './log-normal.ts';
import { logistic, logisticQuantile } from './logistic.ts';
import { pareto } from './pareto.ts';
import { rayleigh, rayleighQuantile } from './rayleigh.ts';
import { reciprocal } from './reciprocal.ts';
import { studentT, studentTQuantile } from './student-t.ts';
import { triangular } from './triangular.ts';
import { uniform } from './uniform.ts';
import { weibull, weibullQuantile } from './weibull.ts';

/** The distribution of each dimension of a family whose dimensions depend on each other. */
export interface Marginals {
  readonly family: FamilyName;
  readonly of: (distribution: Distribution) => Distribution;
}

/** The mathematics of one family. */
type Row<Name extends FamilyName> = {
  readonly family: (hyperparameters: HyperparametersOf<Name>) => DistributionFamily<never, string>;
} & (Name extends IndependentPriorFamily ? { readonly quantile: QuantileOf<Name> } : unknown) &
  (Name extends DependentFamily ? { readonly marginals: Marginals } : unknown) &
  (Name extends PriorFamily
    ? {
        /** p(z), where its fields are not the parameters of the density. */
        readonly prior?: (spec: PriorOf<Name>) => Distribution;
      }
    : unknown);

/** Every family of section 2.4. */
export const FAMILIES = {
  gaussian: { family: () => gaussian, quantile: gaussianQuantile, prior: gaussianPrior },
  full_gaussian: { family: () => fullGaussian, marginals: { family: 'gaussian', of: fullGaussianMarginals } },
  laplace: { family: () => laplace, quantile: laplaceQuantile },
  logistic: { family: () => logistic, quantile: logisticQuantile },
  student_t: { family: studentT, quantile: studentTQuantile },
  cauchy: { family: () => cauchy, quantile: cauchyQuantile },
  gumbel: { family: () => gumbel, quantile: gumbelQuantile },
  uniform: { family: () => uniform },
  triangular: { family: triangular },
  exponential: { family: () => exponential, quantile: exponentialQuantile },
  erlang: { family: erlang, quantile: erlangQuantile },
  gamma: { family: () => gamma, quantile: gammaQuantile },
  chi_squared: { family: () => chiSquared, quantile: chiSquaredQuantile },
  rayleigh: { family: () => rayleigh, quantile: rayleighQuantile },
  weibull: { family: () => weibull, quantile: weibullQuantile },
  log_normal: { family: () => logNormal, quantile: logNormalQuantile },
  pareto: { family: () => pareto },
  gompertz: { family: () => gompertz, quantile: gompertzQuantile },
  reciprocal: { family: () => reciprocal },
  f: { family: () => fRatio, quantile: fQuantile },
  beta: { family: () => beta, quantile: betaQuantile },
  dirichlet: { family: () => dirichlet, marginals: { family: 'beta', of: dirichletMarginals } },
} as const satisfies { readonly [Name in FamilyName]: Row<Name> };

/** The parameters that a family's density is written in. */
export type ParametersOf<Name extends FamilyName> = ReturnType<
  ReturnType<(typeof FAMILIES)[Name]['family']>['of']
>['parameters'];

/** Errors: RangeError for hyperparameters outside of their limits. */
export function distributionFamily<Name extends FamilyName>(
  name: Name,
  hyperparameters: Readonly<Record<string, unknown>>,
): DistributionFamily {
  const make = FAMILIES[name].family as (hyperparameters: HyperparametersOf<Name>) => DistributionFamily;
  return make(hyperparametersOf(name, hyperparameters));
}
