import { afterAll, describe, expect, it } from 'vitest';
import { BatchedFunctions } from '../../../src/model/evaluation/batches.ts';
import { importanceSampled } from '../../../src/model/evaluation/importance-sampling.ts';
import {
  POSTERIOR_DENSITY_DEFAULTS,
  posteriorDensityEstimate,
} from '../../../src/model/evaluation/posterior-density.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import { createVae } from '../../../src/model/vae.ts';
import { at, meanOf, normals } from '../../support/numbers.ts';
import { gaussianLogProb } from '../../support/linear-gaussian.ts';
import { modelSpec } from '../../support/tiny-model.ts';

const [DATA_SIZE, ROWS] = [5, 40];
const NOISE_VARIANCE = 0.3;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

/** x = b + W z + noise, and an encoder that knows nothing: q(z|x) = N(0, I), so that weights are uneven. */
function linearModel(latentSize: number) {
  const linear = { hidden_sizes: [] };
  const likelihood = { family: 'gaussian', mean: 'free', variance: 'shared' };
  const model = modelSpec({ latent_size: latentSize, likelihood, encoder: linear, decoder: linear });
  const weight = normals(1, latentSize * DATA_SIZE).map((value) => 0.6 * value);
  const bias = normals(2, DATA_SIZE);
  const parameters = {
    'encoder.output.weight': {
      shape: [DATA_SIZE, 2 * latentSize],
      data: new Float32Array(DATA_SIZE * 2 * latentSize),
    },
    'encoder.output.bias': { shape: [2 * latentSize], data: new Float32Array(2 * latentSize) },
    'decoder.output.weight': { shape: [latentSize, DATA_SIZE], data: weight },
    'decoder.output.bias': { shape: [DATA_SIZE], data: bias },
    'decoder.log_variance': { shape: [1], data: Float32Array.of(Math.log(NOISE_VARIANCE)) },
  };
  const z = normals(3, ROWS * latentSize);
  const noise = normals(4, ROWS * DATA_SIZE);
  const data = noise.map((value, i) => {
    const [row, element] = [Math.floor(i / DATA_SIZE), i % DATA_SIZE];
    const signal = range(latentSize).map(
      (k) => at(z, row * latentSize + k) * at(weight, k * DATA_SIZE + element),
    );
    return at(bias, element) + signal.reduce((a, b) => a + b, 0) + Math.sqrt(NOISE_VARIANCE) * value;
  });
  const covariance = range(DATA_SIZE).map((i) =>
    range(DATA_SIZE).map((j) => {
      const shared = range(latentSize).map(
        (k) => at(weight, k * DATA_SIZE + i) * at(weight, k * DATA_SIZE + j),
      );
      return shared.reduce((a, b) => a + b, i === j ? NOISE_VARIANCE : 0);
    }),
  );
  const exact = range(ROWS).map((row) => {
    const centered = range(DATA_SIZE).map((i) => at(data, row * DATA_SIZE + i) - at(bias, i));
    return gaussianLogProb(covariance, centered);
  });
  return {
    vae: createVae(model, DATA_SIZE),
    parameters,
    rows: { shape: [ROWS, DATA_SIZE], data },
    exact,
  };
}

describe.each([2, 3])('the marginal likelihood of a linear Gaussian model with %i latents', (latentSize) => {
  const { vae, parameters, rows, exact } = linearModel(latentSize);

  it('is found by importance sampling within 3 standard errors', async () => {
    const functions = new BatchedFunctions(runtime);
    const noise = { seed: 1, stream: 'inference' } as const;
    const draws = 3000;
    const { logMarginalLikelihood, standardError, effectiveSampleSize } = await importanceSampled(
      { functions, vae, parameters, rows },
      draws,
      noise,
    );
    await functions.dispose();
    const errors = logMarginalLikelihood.map((value, row) => value - at(exact, row));
    const together = Math.hypot(...standardError) / ROWS;
    expect(Math.abs(meanOf(errors))).toBeLessThan(3 * together);
    const within = errors.filter((error, row) => Math.abs(error) < 2 * at(standardError, row));
    expect(within.length / ROWS).toBeGreaterThan(0.85);
    expect(together).toBeLessThan(0.05);
    for (const size of effectiveSampleSize) expect(size).toBeLessThan(draws);
  });

  it("is found by the paper's appendix D within 3 standard errors", async () => {
    const functions = new BatchedFunctions(runtime);
    const start = { shape: [ROWS, latentSize], data: normals(5, ROWS * latentSize) };
    const options = { ...POSTERIOR_DENSITY_DEFAULTS, samples: 200, thinning: 8 };
    const subject = { functions, vae, parameters, rows };
    const found = await posteriorDensityEstimate(subject, start, options, { seed: 3 });
    await functions.dispose();
    const errors = found.logMarginalLikelihood.map((value, row) => value - at(exact, row));
    const together = Math.hypot(...found.standardError) / ROWS;
    expect(found.acceptance).toBeGreaterThan(0.7);
    expect(Math.abs(meanOf(errors))).toBeLessThan(3 * together);
    expect(together).toBeLessThan(0.02);
  });
});
