import type { IndependentPrior, PriorFamily } from '../../specification/latent.ts';
import { logGammaQuantile, logitBetaQuantile } from './incomplete.ts';
import { normalQuantile } from './normal.ts';

/** The inverse of a distribution function: p in (0, 1) -> z. */
export type Quantile = (p: number) => number;

type Quantiles = {
  readonly [Family in Exclude<PriorFamily, 'dirichlet'>]: (
    prior: Extract<IndependentPrior, { family: Family }>,
  ) => Quantile;
};

const standardExponential: Quantile = (p) => -Math.log1p(-p);

/** Those of one dimension in double precision, without tensors: closed forms, bisection for what is built on Gammas. */
const QUANTILES: Quantiles = {
  gaussian: (prior) => (p) => prior.mean + prior.standard_deviation * normalQuantile(p),
  laplace: ({ location, scale }) => {
    return (p) => location + scale * (p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p)));
  },
  logistic: ({ location, scale }) => {
    return (p) => location + scale * Math.log(p / (1 - p));
  },
  student_t: ({ degrees_of_freedom, location, scale }) => {
    return (p) => location + scale * standardT(degrees_of_freedom, p);
  },
  cauchy: ({ location, scale }) => {
    return (p) => location + scale * Math.tan(Math.PI * (p - 0.5));
  },
  gumbel: ({ location, scale }) => {
    return (p) => location - scale * Math.log(-Math.log(p));
  },
  exponential: ({ rate }) => {
    return (p) => standardExponential(p) / rate;
  },
  erlang: ({ shape, rate }) => {
    return (p) => Math.exp(logGammaQuantile(shape, p)) / rate;
  },
  gamma: ({ shape, rate }) => {
    return (p) => Math.exp(logGammaQuantile(shape, p)) / rate;
  },
  chi_squared: ({ degrees_of_freedom: v }) => {
    return (p) => 2 * Math.exp(logGammaQuantile(v / 2, p));
  },
  rayleigh: ({ scale }) => {
    return (p) => scale * Math.sqrt(2 * standardExponential(p));
  },
  weibull: ({ scale, shape }) => {
    return (p) => scale * standardExponential(p) ** (1 / shape);
  },
  log_normal: ({ location, scale }) => {
    return (p) => Math.exp(location + scale * normalQuantile(p));
  },
  gompertz: ({ shape, scale }) => {
    return (p) => scale * Math.log1p(standardExponential(p) / shape);
  },
  // z = (d2 / d1) b / (1 - b) with b ~ Beta(d1 / 2, d2 / 2).
  f: ({ d1, d2 }) => {
    return (p) => (d2 / d1) * Math.exp(logitBetaQuantile(d1 / 2, d2 / 2, p));
  },
  beta: ({ alpha, beta }) => {
    return (p) => 1 / (1 + Math.exp(-logitBetaQuantile(alpha, beta, p)));
  },
};

/** t^2 / v is the odds b / (1 - b) of b ~ Beta(1/2, v/2). */
function standardT(v: number, p: number): number {
  const middle = Math.abs(2 * p - 1);
  if (middle === 0) return 0;
  return Math.sign(p - 0.5) * Math.sqrt(v) * Math.exp(logitBetaQuantile(0.5, v / 2, middle) / 2);
}

/** The quantile of p(z) in any one dimension. */
export function priorQuantile(prior: IndependentPrior): Quantile {
  const make = QUANTILES[prior.family] as (prior: IndependentPrior) => Quantile;
  return make(prior);
}
