import { afterAll, describe, expect, it } from 'vitest';
import { evaluate, type EvaluationNews } from '../../../src/model/evaluation/evaluate.ts';
import type { EvaluationInput } from '../../../src/model/evaluation/measures/measure.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { MeasureSpec } from '../../../src/model/specification.ts';
import { createVae } from '../../../src/model/vae.ts';
import {
  exactEncoder,
  exactLogLikelihoods,
  linearGaussian,
  LOG_2_PI,
  range,
} from '../../support/linear-gaussian.ts';
import { symmetricEigenvalues } from '../../support/jacobi.ts';
import { at, meanOf, uniforms } from '../../support/numbers.ts';
import { rowSetOf } from '../../support/row-sets.ts';
import { randomParameters, tinyModel } from '../../support/tiny-model.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

const [DATA_SIZE, ROWS] = [6, 700];
const LINEAR = linearGaussian({ dataSize: DATA_SIZE, latentSize: 1, rows: ROWS, noiseVariance: 0.4 });
const INPUT: EvaluationInput = {
  runtime,
  model: LINEAR.model,
  training: trainingSpec(),
  rowShape: [DATA_SIZE],
  parameters: { ...exactEncoder(LINEAR), ...LINEAR.decoder },
  rows: rowSetOf(LINEAR.rows),
  trainRows: rowSetOf(LINEAR.rows),
  seed: 1,
};
const EXACT = exactLogLikelihoods(LINEAR);
const quiet = async () => undefined;

async function reportOf(measures: readonly MeasureSpec[], input: Partial<EvaluationInput> = {}) {
  return (await evaluate({ ...INPUT, ...input }, measures, quiet)).report;
}

describe('an evaluation of a linear Gaussian model whose encoder is its posterior', () => {
  it('finds a bound that is log p(x), and errors that say how well', async () => {
    const { elbo } = await reportOf([{ name: 'elbo', samples: 20 }]);
    const error = elbo?.monte_carlo_standard_error ?? NaN;
    expect(Math.abs((elbo?.mean ?? NaN) - meanOf(EXACT))).toBeLessThan(3 * error);
    expect(error).toBeLessThan(0.02);
    const squares = EXACT.map((value) => (value - meanOf(EXACT)) ** 2);
    const spread = Math.sqrt(squares.reduce((a, b) => a + b) / (ROWS - 1) / ROWS);
    expect(elbo?.standard_error).toBeCloseTo(spread, 2);
    expect(elbo?.mean).toBeCloseTo((elbo?.log_likelihood ?? NaN) - (elbo?.kl_divergence ?? NaN), 8);
  });

  it('has no Monte Carlo error from one draw, and no error over one row', async () => {
    const [, dataSize = 0] = LINEAR.rows.shape;
    const one = { shape: [1, dataSize], data: LINEAR.rows.data.subarray(0, dataSize) };
    const { elbo } = await reportOf([{ name: 'elbo', samples: 1 }], { rows: rowSetOf(one) });
    expect(elbo).toMatchObject({ monte_carlo_standard_error: null, standard_error: null });
  });

  it('gives importance sampling even weights, which estimate exactly', async () => {
    const measure = { name: 'log_marginal_likelihood', method: 'importance_sampling', samples: 32 } as const;
    const [estimate] = (await reportOf([measure])).log_marginal_likelihood ?? [];
    expect(estimate?.mean).toBeCloseTo(meanOf(EXACT), 4);
    expect(estimate?.monte_carlo_standard_error).toBeLessThan(1e-4);
    const { effective_sample_size: size } = estimate as { effective_sample_size: Record<string, number> };
    expect(size['minimum']).toBeGreaterThan(31.99);
  });

  it('estimates by both methods side by side', async () => {
    const name = 'log_marginal_likelihood';
    const estimates = await reportOf([
      { name, method: 'posterior_density', samples: 100, leapfrog_steps: 4 },
      { name, method: 'importance_sampling', samples: 16 },
    ]);
    const found = estimates.log_marginal_likelihood ?? [];
    expect(found.map(({ method }) => method)).toEqual(['posterior_density', 'importance_sampling']);
    for (const { mean } of found) expect(Math.abs(mean - meanOf(EXACT))).toBeLessThan(0.02);
  });

  it('gives the same numbers however the rows are cut into batches', async () => {
    const measures: MeasureSpec[] = [
      { name: 'elbo', samples: 3 },
      { name: 'log_marginal_likelihood', method: 'importance_sampling', samples: 3 },
    ];
    const whole = await reportOf(measures);
    const cut = await reportOf(measures, { rows: rowSetOf(LINEAR.rows, 37) });
    expect(cut.elbo?.mean).toBeCloseTo(whole.elbo?.mean ?? NaN, 5);
    expect(cut.log_marginal_likelihood?.[0]?.mean).toBeCloseTo(
      whole.log_marginal_likelihood?.[0]?.mean ?? NaN,
      5,
    );
    const other = await reportOf(measures, { seed: 2 });
    expect(other.elbo?.mean).not.toBe(whole.elbo?.mean);
  });

  it('tells how far it is, to the end', async () => {
    const news: EvaluationNews[] = [];
    await evaluate(INPUT, [{ name: 'elbo', samples: 2 }, { name: 'latents' }], async (one) => {
      news.push(one);
    });
    const shares = news.map(({ share }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(news.at(-1)).toEqual({ measure: 'latents', rowsDone: ROWS, rows: ROWS, share: 1 });
  });
});

/** Means and products of the columns, in double precision. */
function momentsOf(data: Float32Array) {
  const column = (i: number) => range(ROWS).map((row) => at(data, row * DATA_SIZE + i));
  const means = range(DATA_SIZE).map((i) => meanOf(column(i)));
  const centered = range(DATA_SIZE).map((i) => column(i).map((value) => value - at(means, i)));
  return centered.map((a) => centered.map((b) => meanOf(a.map((value, row) => value * at(b, row)))));
}

describe('the floors', () => {
  it('are the largest likelihoods of independent elements and of probabilistic PCA on the rows fitted to', async () => {
    const model = modelSpec({
      latent_size: 2,
      likelihood: { family: 'gaussian' },
      encoder: { hidden_sizes: [] },
      decoder: { hidden_sizes: [] },
    });
    const { floors } = await reportOf([{ name: 'floors' }], { model });
    const covariance = momentsOf(LINEAR.rows.data);
    const logs = (values: number[]) => values.reduce((sum, value) => sum + Math.log(value), 0);
    const variances = covariance.map((row, i) => at(row, i));
    expect(floors?.independent.mean).toBeCloseTo(-0.5 * (DATA_SIZE * (LOG_2_PI + 1) + logs(variances)), 4);
    const eigenvalues = symmetricEigenvalues(covariance);
    const noise = meanOf(eigenvalues.slice(2));
    const spread = logs(eigenvalues.slice(0, 2)) + (DATA_SIZE - 2) * Math.log(noise);
    expect(floors?.probabilistic_pca?.mean).toBeCloseTo(-0.5 * (DATA_SIZE * (LOG_2_PI + 1) + spread), 4);
    expect(floors).toMatchObject({ probabilistic_pca: { latent_size: 2 }, probabilistic_pca_absent: null });
  });

  it('are in the units of the data where the likelihood standardises', async () => {
    const transform = { shift: range(DATA_SIZE), scale: range(DATA_SIZE).map((i) => i + 0.5) };
    const given = (likelihood: object) =>
      modelSpec({ likelihood: { family: 'gaussian', ...likelihood }, latent_size: 2 });
    const plain = await reportOf([{ name: 'floors' }], { model: given({}) });
    const scaled = await reportOf([{ name: 'floors' }], {
      model: given({ standardise: 'per_element', transform }),
    });
    expect(scaled.floors?.independent.mean).toBeCloseTo(plain.floors?.independent.mean ?? NaN, 3);
    expect(scaled.floors?.probabilistic_pca?.mean).not.toBeCloseTo(
      plain.floors?.probabilistic_pca?.mean ?? NaN,
      1,
    );
    expect(scaled.floors?.probabilistic_pca?.mean).toBeGreaterThan(scaled.floors?.independent.mean ?? NaN);
  });

  it('are the entropy of each element for zeros and ones, without probabilistic PCA', async () => {
    const data = uniforms(3, ROWS * DATA_SIZE, 0, 1).map((u, i) => Number(u < 0.1 + 0.12 * (i % DATA_SIZE)));
    const rows = rowSetOf({ shape: [ROWS, DATA_SIZE], data });
    const { kind, report } = await evaluate(
      { ...INPUT, model: tinyModel(), rows, trainRows: rows },
      [{ name: 'floors' }],
      quiet,
    );
    const shares = range(DATA_SIZE).map((i) =>
      meanOf(range(ROWS).map((row) => at(data, row * DATA_SIZE + i))),
    );
    const entropy = shares.reduce((sum, p) => sum - p * Math.log(p) - (1 - p) * Math.log(1 - p), 0);
    expect(kind).toBe('log_probability');
    expect(report.floors?.independent.mean).toBeCloseTo(-entropy, 4);
    expect(report.floors?.independent.bits_per_dimension).toBeCloseTo(entropy / DATA_SIZE / Math.LN2, 5);
    expect(report.floors).toMatchObject({
      probabilistic_pca: null,
      probabilistic_pca_absent: 'the likelihood is bernoulli, not gaussian',
    });
  });
});

describe('the latents', () => {
  it('have divergences that add up to that of the bound, and the variances of the encoder', async () => {
    const model = tinyModel(LINEAR.model.likelihood);
    const { shapes } = createVae(model, [DATA_SIZE]);
    const parameters = randomParameters(shapes, 5);
    const report = await reportOf([{ name: 'latents' }, { name: 'elbo', samples: 1 }], { model, parameters });
    const dimensions = report.latents?.dimensions ?? [];
    expect(dimensions).toHaveLength(2);
    const total = dimensions.reduce((sum, { kl_divergence }) => sum + kl_divergence, 0);
    expect(total).toBeCloseTo(report.elbo?.kl_divergence ?? NaN, 4);
    expect(report.latents).toMatchObject({ method: 'closed_form', threshold: 0.01 });
  });

  it('are active where their mean follows the rows, and unused ones are warned of', async () => {
    const model = modelSpec({ ...LINEAR.model, latent_size: 2 });
    const wide = linearGaussian({ dataSize: DATA_SIZE, latentSize: 2, rows: ROWS, noiseVariance: 0.4 });
    const encoder = exactEncoder(wide);
    const weight = encoder['encoder.output.weight'];
    // The second of two dimensions (means 0 and 1, log variances 2 and 3) forgets the rows.
    const data = weight?.data.map((value, i) => (i % 4 === 1 ? 0 : value)) ?? new Float32Array();
    const parameters = {
      ...encoder,
      ...wide.decoder,
      'encoder.output.weight': { shape: weight?.shape ?? [], data },
    };
    const { latents, warnings } = await reportOf([{ name: 'latents' }], { model, parameters });
    expect(latents?.active_units).toBe(1);
    expect(latents?.dimensions.map(({ active }) => active)).toEqual([true, false]);
    expect(latents?.dimensions[1]?.variance_of_mean).toBeLessThan(1e-6);
    expect(warnings).toEqual([expect.stringMatching(/1 of 2 latent dimensions are not used/)]);
  });

  it('have divergences from draws where the pair has no closed form', async () => {
    const model = modelSpec({
      ...LINEAR.model,
      posterior: { family: 'logistic' },
      prior: { family: 'laplace' },
    });
    const parameters = randomParameters(createVae(model, [DATA_SIZE]).shapes, 6);
    const report = await reportOf([{ name: 'latents' }, { name: 'elbo', samples: 50 }], {
      model,
      parameters,
    });
    expect(report.latents?.method).toBe('monte_carlo');
    const [only] = report.latents?.dimensions ?? [];
    expect(only?.kl_divergence).toBeCloseTo(report.elbo?.kl_divergence ?? NaN, 1);
  });
});
