import { beta } from './beta.ts';
import { cauchy } from './cauchy.ts';
import { chiSquared } from './chi-squared.ts';
import { dirichlet } from './dirichlet.ts';
import { erlang } from './erlang.ts';
import { exponential } from './exponential.ts';
import { f } from './f.ts';
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
import type { FamilyDescription } from './family.ts';

/** Every distribution of section 2.4, in the order of the API. */
export const FAMILIES = {
  gaussian,
  full_gaussian: fullGaussian,
  laplace,
  logistic,
  student_t: studentT,
  cauchy,
  gumbel,
  uniform,
  triangular,
  exponential,
  erlang,
  gamma,
  chi_squared: chiSquared,
  rayleigh,
  weibull,
  log_normal: logNormal,
  pareto,
  gompertz,
  reciprocal,
  f,
  beta,
  dirichlet,
} as const satisfies Readonly<Record<string, FamilyDescription>>;

type Families = typeof FAMILIES;
export type FamilyName = keyof Families;

/** Families that can be priors. */
export type PriorFamily = {
  [Name in FamilyName]: Families[Name]['prior'] extends null ? never : Name;
}[FamilyName];

/** Families whose dimensions depend on each other. */
export type DependentFamily = {
  [Name in FamilyName]: Families[Name] extends { readonly isIndependent: false } ? Name : never;
}[FamilyName];

/** Pairs q|p with a closed form of KL(q || p). */
export type KlPair = {
  [Name in FamilyName]: `${Name}|${Families[Name]['closedFormKl'][number]}`;
}[FamilyName];

/** Families q with a closed form of KL(q || p) for this p. */
export type PosteriorsWithKl<Prior extends FamilyName> = {
  [Name in FamilyName]: Prior extends Families[Name]['closedFormKl'][number] ? Name : never;
}[FamilyName];

export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[];

/** Returns the description of a family, without the types of its own fields. */
export function describedFamily(name: FamilyName): FamilyDescription {
  return FAMILIES[name];
}
