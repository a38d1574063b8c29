import { describe, expect, it } from 'vitest';
import { findWarnings } from '../../../src/model/evaluation/warnings.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

type Report = Parameters<typeof findWarnings>[0];
type Context = Parameters<typeof findWarnings>[1];

const USUAL: Context = { kind: 'log_probability', model: modelSpec(), training: trainingSpec() };
const elbo = (mean: number): Report => ({
  elbo: {
    samples: 1,
    mean,
    standard_error: 1,
    monte_carlo_standard_error: null,
    log_likelihood: mean + 5,
    kl_divergence: 5,
    bits_per_dimension: null,
  },
});
const floor = (mean: number) => ({ mean, standard_error: 1, bits_per_dimension: null });
const floors = (independent: number, pca: number | null): Report => ({
  floors: {
    independent: floor(independent),
    probabilistic_pca: pca === null ? null : { ...floor(pca), latent_size: 2 },
    probabilistic_pca_absent: null,
  },
});
const latents = (...active: boolean[]): Report => ({
  latents: {
    active_units: active.filter(Boolean).length,
    threshold: 0.01,
    method: 'closed_form',
    dimensions: active.map((one) => ({ active: one, kl_divergence: 1, variance_of_mean: 1 })),
  },
});
const estimated = { mean: -90, standard_error: 1, monte_carlo_standard_error: 1, bits_per_dimension: null };

describe('an evaluation', () => {
  it('warns of nothing where there is nothing', () => {
    expect(findWarnings({ ...elbo(-100), ...floors(-200, -150), ...latents(true, true) }, USUAL)).toEqual([]);
    expect(findWarnings(elbo(-100), { ...USUAL, kind: 'log_density' })).toEqual([]);
  });

  it.each<[string, Report, Partial<Context>, RegExp]>([
    ['grey values under a bernoulli', elbo(-100), { kind: 'score' }, /scores, not log probabilities/],
    ['positive densities, which are normal', elbo(700), { kind: 'log_density' }, /are normal here/],
    ['some unused dimensions', latents(true, false, false), {}, /2 of 3 latent dimensions are not used/],
    ['a collapsed posterior', latents(false, false), {}, /None of the 2 .*collapsed/],
    ['a model below the independent floor', { ...elbo(-210), ...floors(-205.8, null) }, {}, /-205\.80/],
    ['a model below probabilistic PCA', { ...elbo(-180), ...floors(-205, -150) }, {}, /PCA.*-150\.00/],
    [
      'another weight of the divergence',
      elbo(-100),
      { training: trainingSpec({ kl_weight: { final: 4 } }) },
      /weighted the divergence by 4/,
    ],
    [
      'parameters that have a posterior',
      elbo(-100),
      { training: trainingSpec({ algorithm: { name: 'full_vb' } }) },
      /mean of the posterior over parameters/,
    ],
    [
      'few importance weights',
      {
        log_marginal_likelihood: [
          {
            method: 'importance_sampling',
            samples: 100,
            ...estimated,
            effective_sample_size: { mean: 50, minimum: 2 },
          },
        ],
      },
      {},
      /effective sample size .* below 10/,
    ],
    [
      'chains that stand still',
      {
        log_marginal_likelihood: [
          { method: 'posterior_density', samples: 50, leapfrog_steps: 4, ...estimated, acceptance: 0.2 },
        ],
      },
      {},
      /fewer than 50 % of their proposals/,
    ],
  ])('warns of %s', (_name, report, context, expected) => {
    expect(findWarnings(report, { ...USUAL, ...context })).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['by less than the errors of both', -151.4, 1, 1, []],
    ['by more than the errors of both', -151.5, 1, 1, [expect.stringMatching(/probabilistic PCA/)]],
    ['by what float32 rounds away, for one row', -150.001, null, null, []],
    ['by more than that, for one row', -150.01, null, null, [expect.stringMatching(/probabilistic PCA/)]],
  ])('below probabilistic PCA %s: warns only beyond the errors', (_name, mean, own, other, expected) => {
    const { elbo: bound } = elbo(mean);
    const { floors: known } = floors(-205, -150);
    if (!bound || !known?.probabilistic_pca) throw new Error('not the report that was made');
    const report: Report = {
      elbo: { ...bound, standard_error: own },
      floors: { ...known, probabilistic_pca: { ...known.probabilistic_pca, standard_error: other } },
    };
    expect(findWarnings(report, USUAL)).toEqual(expected);
  });

  it('allows for the error of random draws if there is only one row', () => {
    const { elbo: bound } = elbo(-150.5);
    if (!bound) throw new Error('not the report that was made');
    const report: Report = { elbo: { ...bound, standard_error: null, monte_carlo_standard_error: 1 } };
    const alone = { ...floor(-150), standard_error: null };
    const independent = { independent: alone, probabilistic_pca: null, probabilistic_pca_absent: null };
    expect(findWarnings({ ...report, floors: independent }, USUAL)).toEqual([]);
  });
});
