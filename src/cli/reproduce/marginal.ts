import type { MeasureSpec } from '../../model/spec/evaluation.ts';
import type { Evaluated } from './jobs.ts';
import type { Method } from './protocol.ts';

/** Appendix D: the first 1000 points, 50 samples of each posterior, 4 leapfrog steps. */
export const LIMIT = 1000;
const POSTERIOR_DENSITY: MeasureSpec = {
  name: 'log_marginal_likelihood',
  method: 'posterior_density',
  samples: 50,
  leapfrog_steps: 4,
};
export const IMPORTANCE_SAMPLING: MeasureSpec = {
  name: 'log_marginal_likelihood',
  method: 'importance_sampling',
  samples: 1000,
};

/** Importance sampling draws from q(z|x), which MCEM does not have. */
export const measuresOf = (method: Method): MeasureSpec[] =>
  method === 'MCEM' ? [POSTERIOR_DENSITY] : [POSTERIOR_DENSITY, IMPORTANCE_SAMPLING];

/** An estimate of the mean of log p(x) over rows. */
export interface Marginal {
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
  readonly posterior_density: Marginal;
  readonly importance_sampling: Marginal | null;
  /** Appendix D's minus importance sampling's. */
  readonly difference: number | null;
  /** Standard errors of the difference: as if the two had been estimated on rows of their own, and by the draws alone. */
  readonly row_error: number | null;
  readonly draw_error: number | null;
  /** Whether the difference is within the standard error over rows. */
  readonly agree: boolean | null;
}

export function agreement(report: Evaluated['report']): Agreement {
  const posterior = marginalOf(report, 'posterior_density');
  const importance = marginalOf(report, 'importance_sampling');
  if (!posterior) throw new RangeError('the evaluation has no estimate by appendix D');
  const error = (name: 'standard_error' | 'monte_carlo_standard_error'): number | null =>
    importance && Math.hypot(posterior[name] ?? NaN, importance[name] ?? NaN);
  const difference = importance && posterior.mean - importance.mean;
  const rowError = error('standard_error');
  return {
    posterior_density: posterior,
    importance_sampling: importance,
    difference,
    row_error: rowError,
    draw_error: error('monte_carlo_standard_error'),
    agree: difference === null || rowError === null ? null : Math.abs(difference) <= rowError,
  };
}

export function marginalOf(
  { log_marginal_likelihood: found = [] }: Evaluated['report'],
  method: 'posterior_density' | 'importance_sampling',
): Marginal | null {
  const one = found.find((estimate) => estimate.method === method);
  if (!one) return null;
  const { mean, standard_error, monte_carlo_standard_error } = one;
  return { mean, standard_error, monte_carlo_standard_error };
}
