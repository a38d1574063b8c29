import type { PosteriorSpec, PriorSpec } from './latent.ts';

/**
 * KL(q || p) is infinite where q's tails are heavier than p allows: E_q[-log p(z)] does not exist, whatever is learned. What
 * p asks of q, and which posteriors cannot give it.
 */
type Moment = 'E|z|' | 'E z^2' | 'E e^-z' | 'E e^z';

const ASKED: { readonly [Family in PriorSpec['family']]?: Moment } = {
  gaussian: 'E z^2',
  laplace: 'E|z|',
  logistic: 'E|z|',
  gumbel: 'E e^-z',
  gompertz: 'E e^z',
};

type Lacks<Family extends PosteriorSpec['family']> = (
  posterior: Extract<PosteriorSpec, { family: Family }>,
  moment: Moment,
  prior: PriorSpec,
) => boolean;

const noExponential = (_posterior: PosteriorSpec, moment: Moment) => moment === 'E e^z';

/** A posterior that is not here has every moment, for some of its parameters at least. */
const LACKING: { readonly [Family in PosteriorSpec['family']]?: Lacks<Family> } = {
  cauchy: () => true,
  student_t: ({ degrees_of_freedom: v }, moment) =>
    moment === 'E|z|' ? v <= 1 : moment === 'E z^2' ? v <= 2 : true,
  f: noExponential,
  pareto: noExponential,
  log_normal: noExponential,
  // Its moment generating function ends at 1/2.
  chi_squared: (_posterior, _moment, prior) => prior.family === 'gompertz' && 1 / prior.scale >= 0.5,
};

/** The moment that a pair lacks, or null. */
export function missingMoment(posterior: PosteriorSpec, prior: PriorSpec): Moment | null {
  const asked = ASKED[prior.family];
  const lacks = LACKING[posterior.family] as Lacks<PosteriorSpec['family']> | undefined;
  return asked && lacks?.(posterior, asked, prior) ? asked : null;
}
