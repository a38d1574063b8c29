import type { MarginalMethod, MeasureSpec } from '../../model/specification/evaluation.ts';
import type { Evaluated } from './jobs.ts';

/** Appendix D: the first 1000 points, 50 samples of each posterior, 4 leapfrog steps. */
export const LIMIT = 1000;
const POSTERIOR_DENSITY: MeasureSpec = {
  name: 'log_marginal_likelihood',
  method: 'posterior_density',
  samples: 50,
  leapfrog_steps: 4,
};
/** Its proposal does not need an encoder. */
export const FITTED: MeasureSpec = {
  name: 'log_marginal_likelihood',
  method: 'fitted_importance_sampling',
  samples: 500,
  leapfrog_steps: 4,
};

export const MEASURES: readonly MeasureSpec[] = [POSTERIOR_DENSITY, FITTED];

/** An estimate of the mean of log p(x) over rows. */
export interface MarginalMean {
  readonly mean: number;
  /** Standard error over rows. */
  readonly standard_error: number | null;
  /** Standard error over draws. */
  readonly monte_carlo_standard_error: number | null;
}

/**
 * Two estimates for the same rows. By Jensen's inequality, importance sampling is below log p(x) in expectation, and
 * appendix D (the logarithm of an inverse mean) is above it. A difference beyond the draws' errors is this bias.
 */
export interface Agreement {
  readonly posterior_density: MarginalMean;
  readonly fitted_importance_sampling: MarginalMean;
  /** Appendix D minus importance sampling. */
  readonly difference: number;
  /** Standard errors of the difference: as if the two used different rows, and from the draws alone. */
  readonly row_error: number;
  readonly draw_error: number;
  /** Whether the difference is within the standard error over rows. */
  readonly agree: boolean;
}

export function computeAgreement(report: Evaluated['report']): Agreement {
  const posterior = findMarginal(report, 'posterior_density');
  const importance = findMarginal(report, 'fitted_importance_sampling');
  if (!posterior || !importance) throw new RangeError('an estimate of log p(x) is missing in the evaluation');
  const error = (name: 'standard_error' | 'monte_carlo_standard_error'): number =>
    Math.hypot(posterior[name] ?? NaN, importance[name] ?? NaN);
  const difference = posterior.mean - importance.mean;
  const rowError = error('standard_error');
  return {
    posterior_density: posterior,
    fitted_importance_sampling: importance,
    difference,
    row_error: rowError,
    draw_error: error('monte_carlo_standard_error'),
    agree: Math.abs(difference) <= rowError,
  };
}

export function findMarginal(
  { log_marginal_likelihood: found = [] }: Evaluated['report'],
  method: MarginalMethod,
): MarginalMean | null {
  const one = found.find((estimate) => estimate.method === method);
  if (!one) return null;
  const { mean, standard_error, monte_carlo_standard_error } = one;
  return { mean, standard_error, monte_carlo_standard_error };
}
