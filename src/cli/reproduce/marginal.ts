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
/** From a proposal that does not depend on how good an encoder is, or whether there is one. */
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
  /** Over rows. */
  readonly standard_error: number | null;
  /** Over draws. */
  readonly monte_carlo_standard_error: number | null;
}

/**
 * Two estimates on the same rows. By Jensen's inequality importance sampling is expected below log p(x) and appendix D,
 * which takes the logarithm of an inverse mean, above it: what parts them beyond the errors of the draws is that bias.
 */
export interface Agreement {
  readonly posterior_density: MarginalMean;
  readonly fitted_importance_sampling: MarginalMean;
  /** Appendix D's minus importance sampling's. */
  readonly difference: number;
  /** Standard errors of the difference: as if the two had been estimated on rows of their own, and by the draws alone. */
  readonly row_error: number;
  readonly draw_error: number;
  /** Whether the difference is within the standard error over rows. */
  readonly agree: boolean;
}

export function agreement(report: Evaluated['report']): Agreement {
  const posterior = marginalOf(report, 'posterior_density');
  const importance = marginalOf(report, 'fitted_importance_sampling');
  if (!posterior || !importance) throw new RangeError('the evaluation lacks an estimate of log p(x)');
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

export function marginalOf(
  { log_marginal_likelihood: found = [] }: Evaluated['report'],
  method: MarginalMethod,
): MarginalMean | null {
  const one = found.find((estimate) => estimate.method === method);
  if (!one) return null;
  const { mean, standard_error, monte_carlo_standard_error } = one;
  return { mean, standard_error, monte_carlo_standard_error };
}
