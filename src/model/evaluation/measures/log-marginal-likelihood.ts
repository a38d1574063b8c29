import type { MarginalMethod, MarginalReport, MarginalSpec } from '../../specification.ts';
import type { Variant } from '../../specification/schema.ts';
import { estimateMarginalLikelihood, type MarginalEstimate } from '../marginal-likelihood.ts';
import { Moments } from '../moments.ts';
import { toBitsPerDimension, computeMonteCarloError, summarizeRows, type Measure } from './measure.ts';

/** log p(x), estimated by importance sampling or by appendix D. */
export const logMarginalLikelihood: Measure<'log_marginal_likelihood'> = async (context, spec) => {
  const rows = new Moments();
  const sizes = new Moments();
  let [squares, smallest, accepted] = [0, Infinity, 0];
  for await (const { values, numbers } of context.rows.batches()) {
    const noise = { seed: context.seed, stream: 'evaluation', rows: numbers } as const;
    const estimate = await estimateMarginalLikelihood(
      { ...context, rows: values },
      spec,
      noise,
      context.advance,
    );
    estimate.logMarginalLikelihood.forEach((value) => {
      rows.add(value);
    });
    squares += sumSquares(estimate);
    for (const size of estimate.effectiveSampleSize ?? []) {
      sizes.add(size);
      smallest = Math.min(smallest, size);
    }
    accepted += numbers.length * (estimate.acceptance ?? NaN);
  }
  const estimated = {
    ...summarizeRows(rows),
    monte_carlo_standard_error: spec.samples > 1 ? computeMonteCarloError(squares, rows.count) : null,
    bits_per_dimension: toBitsPerDimension(rows.mean, context),
  };
  const effective = { effective_sample_size: { mean: sizes.mean, minimum: smallest } };
  const chains = { acceptance: accepted / rows.count };
  return { log_marginal_likelihood: [toReport(spec, { estimated, effective, chains })] };
};

type ReportOf<Method extends MarginalMethod> = Extract<MarginalReport, { method: Method }>;
interface Found {
  readonly estimated: Omit<ReportOf<'importance_sampling'>, 'method' | 'samples' | 'effective_sample_size'>;
  readonly effective: Pick<ReportOf<'importance_sampling'>, 'effective_sample_size'>;
  readonly chains: Pick<ReportOf<'posterior_density'>, 'acceptance'>;
}
type Reports = {
  readonly [Method in MarginalMethod]: (
    spec: Extract<MarginalSpec, { method: Method }>,
    found: Found,
  ) => ReportOf<Method>;
};

/** The fields that each method reports. */
const REPORTS: Reports = {
  importance_sampling: ({ method, samples }, { estimated, effective }) => ({
    method,
    samples,
    ...estimated,
    ...effective,
  }),
  fitted_importance_sampling: ({ method, samples, leapfrog_steps }, { estimated, effective, chains }) => ({
    method,
    samples,
    leapfrog_steps,
    ...estimated,
    ...effective,
    ...chains,
  }),
  posterior_density: ({ method, samples, leapfrog_steps }, { estimated, chains }) => ({
    method,
    samples,
    leapfrog_steps,
    ...estimated,
    ...chains,
  }),
};

function toReport<Method extends MarginalMethod>(
  spec: Variant<MarginalSpec, 'method', Method>,
  found: Found,
): MarginalReport {
  const method: Method = spec.method;
  return REPORTS[method](spec, found);
}

function sumSquares({ standardError }: MarginalEstimate): number {
  return standardError.reduce((sum, error) => sum + error * error, 0);
}
