import type { DistributionFamily } from '../distribution.ts';
import type { FamilyName, HyperparametersOf } from '../../specification/distributions.ts';
import { beta } from './beta.ts';
import { cauchy } from './cauchy.ts';
import { chiSquared } from './chi-squared.ts';
import { dirichlet } from './dirichlet.ts';
import { erlang } from './erlang.ts';
import { exponential } from './exponential.ts';
import { fRatio } from './f.ts';
import { fullGaussian } from './full-gaussian.ts';
import { gamma } from './gamma.ts';
import { gaussian } from './gaussian.ts';
import { gompertz } from './gompertz.ts';
import { gumbel } from './gumbel.ts';
import { laplace } from './laplace.ts';
import { logNormal } from './log-normal.ts';
import { logistic } from './logistic.ts';
import { pareto } from './pareto.ts';
import { rayleigh } from './rayleigh.ts';
import { reciprocal } from './reciprocal.ts';
import { studentT } from './student-t.ts';
import { triangular } from './triangular.ts';
import { uniform } from './uniform.ts';
import { weibull } from './weibull.ts';

/** Every family of section 2.4, from its hyperparameters. */
export const FAMILIES = {
  exponential: () => exponential,
  cauchy: () => cauchy,
  rayleigh: () => rayleigh,
  pareto: () => pareto,
  weibull: () => weibull,
  reciprocal: () => reciprocal,
  gompertz: () => gompertz,
  gumbel: () => gumbel,
  erlang,
  laplace: () => laplace,
  full_gaussian: () => fullGaussian,
  student_t: studentT,
  logistic: () => logistic,
  uniform: () => uniform,
  triangular,
  gaussian: () => gaussian,
  log_normal: () => logNormal,
  gamma: () => gamma,
  dirichlet: () => dirichlet,
  beta: () => beta,
  chi_squared: () => chiSquared,
  f: () => fRatio,
} as const satisfies {
  [Name in FamilyName]: (hyperparameters: HyperparametersOf<Name>) => DistributionFamily<never, string>;
};

/** The parameters that a family's density is written in. */
export type ParametersOf<Name extends FamilyName> = ReturnType<
  ReturnType<(typeof FAMILIES)[Name]>['of']
>['parameters'];

export function distributionFamily<Name extends FamilyName>(
  name: Name,
  hyperparameters: HyperparametersOf<Name>,
): DistributionFamily {
  const make = FAMILIES[name] as (hyperparameters: HyperparametersOf<Name>) => DistributionFamily;
  return make(hyperparameters);
}
