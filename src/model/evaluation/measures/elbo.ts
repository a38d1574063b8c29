import { estimateBound } from '../bound.ts';
import { Moments } from '../moments.ts';
import { toBitsPerDimension, computeMonteCarloError, summarizeRows, type Measure } from './measure.ts';

/** The lower bound and its two terms. */
export const elbo: Measure<'elbo'> = async (context, { samples }) => {
  const [elbos, likelihoods, divergences] = [new Moments(), new Moments(), new Moments()];
  let squares = 0;
  for await (const { values, numbers } of context.rows.batches()) {
    const noise = { seed: context.seed, stream: 'evaluation', rows: numbers } as const;
    const bounds = await estimateBound({ ...context, rows: values }, samples, noise, context.advance);
    for (const bound of bounds) {
      elbos.add(bound.elbo.mean);
      likelihoods.add(bound.logLikelihood.mean);
      divergences.add(bound.klDivergence.mean);
      squares += bound.elbo.standardError ** 2;
    }
  }
  return {
    elbo: {
      samples,
      ...summarizeRows(elbos),
      monte_carlo_standard_error: computeMonteCarloError(squares, elbos.count),
      log_likelihood: likelihoods.mean,
      kl_divergence: divergences.mean,
      bits_per_dimension: toBitsPerDimension(elbos.mean, context),
    },
  };
};
