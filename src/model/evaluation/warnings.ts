import type { EvaluationReport, FloorReport, MarginalReport } from '../specification.ts';
import type { MeasureContext } from './measures/measure.ts';

type Report = Omit<EvaluationReport, 'protocol' | 'warnings'>;
type Check = (report: Report, context: Context) => string | null;
type Context = Pick<MeasureContext, 'kind' | 'training' | 'model'>;

/** Minimum effective sample size of an importance sampling estimate. */
const FEW_WEIGHTS = 10;
const LOW_ACCEPTANCE = 0.5;

/** Warnings about a report that its numbers do not show. */
export function findWarnings(report: Report, context: Context): string[] {
  return CHECKS.flatMap((check) => check(report, context) ?? []);
}

const grey: Check = (_report, { kind }) =>
  kind !== 'score'
    ? null
    : 'Some values lie between 0 and 1 under a bernoulli likelihood: the numbers are scores, not log probabilities. Binarize (static, dynamic, threshold) to compare with published ones.';

const positiveDensity: Check = (report, { kind }) =>
  kind === 'log_density' && readScores(report).some(({ mean }) => mean > 0)
    ? 'Positive numbers are normal here: the likelihood is a density, and data on a smaller scale have higher densities.'
    : null;

const collapse: Check = ({ latents }) => {
  if (!latents) return null;
  const all = latents.dimensions.length;
  const unused = all - latents.active_units;
  if (unused === 0) return null;
  const which = unused === all ? `None of the ${all}` : `${unused} of ${all}`;
  return unused === all
    ? `${which} latent dimensions is used: the posterior has collapsed onto the prior, and samples do not depend on z.`
    : `${which} latent dimensions are not used: their posterior is close to the prior for every row.`;
};

const weighted: Check = (_report, { training: { kl_weight: weight } }) =>
  weight.final === 1
    ? null
    : `The training weighted the divergence by ${weight.final}. The numbers here are those of the bound itself (weight 1), which the training did not maximize.`;

const belowFloor: Check = ({ floors, ...report }) => {
  const floor = floors?.independent;
  if (floor === undefined || !isBelow(report, floor)) return null;
  return `The model explains these rows worse than independent elements with no latent at all (${floor.mean.toFixed(2)} nats per row): it has not learned, or these rows differ from the training rows.`;
};

const belowPca: Check = ({ floors, ...report }) => {
  const floor = floors?.probabilistic_pca ?? undefined;
  if (floor === undefined || !isBelow(report, floor)) return null;
  return `The model explains these rows worse than probabilistic PCA with as many latents (${floor.mean.toFixed(2)} nats per row).`;
};

const fewWeights: Check = ({ log_marginal_likelihood: estimates = [] }) =>
  estimates.some((one) => 'effective_sample_size' in one && one.effective_sample_size.minimum < FEW_WEIGHTS)
    ? `For some rows the effective sample size of importance sampling is below ${FEW_WEIGHTS}: the estimate is biased low there, and its true error is larger than reported. More samples help.`
    : null;

const stuckChains: Check = ({ log_marginal_likelihood: estimates = [] }) =>
  estimates.some((one) => 'acceptance' in one && one.acceptance < LOW_ACCEPTANCE)
    ? `The Markov chains accepted fewer than ${LOW_ACCEPTANCE * 100} % of their proposals: they may not have reached the posterior.`
    : null;

const parameterPosterior: Check = (_report, { training: { algorithm } }) =>
  algorithm.name === 'full_vb' ? 'The numbers use the mean of the posterior over parameters.' : null;

const CHECKS: readonly Check[] = [
  grey,
  positiveDensity,
  collapse,
  weighted,
  belowFloor,
  belowPca,
  fewWeights,
  stuckChains,
  parameterPosterior,
];

type Score = Pick<MarginalReport, 'mean' | 'standard_error' | 'monte_carlo_standard_error'>;

/** Share of a number that float32 may round away in a sum over the elements of a row. */
const ROUNDING = 1e-5;

/**
 * Whether a score is below the floor by more than the errors of both. Their errors are combined as if other rows had been
 * scored. The same rows were, which makes the true error of the difference smaller: a warning is worth reading.
 */
function isBelow(report: Report, floor: FloorReport): boolean {
  const rounding = ROUNDING * (1 + Math.abs(floor.mean));
  return readScores(report).some(({ mean, standard_error: rows, monte_carlo_standard_error: draws }) => {
    const error = Math.hypot(rows ?? draws ?? 0, floor.standard_error ?? 0);
    return floor.mean - mean > error + rounding;
  });
}

/** The scores that can be compared with a floor. */
function readScores({ elbo, log_marginal_likelihood: estimates = [] }: Report): readonly Score[] {
  return [...(elbo ? [elbo] : []), ...estimates];
}
