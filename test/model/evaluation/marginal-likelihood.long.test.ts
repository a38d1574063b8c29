import { afterAll, describe, expect, it } from 'vitest';
import { BatchedFunctions } from '../../../src/model/evaluation/batches.ts';
import { estimateByImportanceSampling } from '../../../src/model/evaluation/importance-sampling.ts';
import { estimateMarginalLikelihood } from '../../../src/model/evaluation/marginal-likelihood.ts';
import {
  POSTERIOR_DENSITY_DEFAULTS,
  estimateByPosteriorDensity,
} from '../../../src/model/evaluation/posterior-density.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import { createVae } from '../../../src/model/vae.ts';
import { at, meanOf, normals } from '../../support/numbers.ts';
import { blindEncoder, exactLogLikelihoods, linearGaussian } from '../../support/linear-gaussian.ts';

const [DATA_SIZE, ROWS] = [5, 40];

const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

/** An encoder that knows nothing, so that weights are uneven. */
function linearModel(latentSize: number) {
  const linear = linearGaussian({ dataSize: DATA_SIZE, latentSize, rows: ROWS, noiseVariance: 0.3 });
  return {
    vae: createVae(linear.model, [DATA_SIZE]),
    parameters: { ...blindEncoder(linear), ...linear.decoder },
    rows: linear.rows,
    exact: exactLogLikelihoods(linear),
  };
}

describe.each([2, 3])('the marginal likelihood of a linear Gaussian model with %i latents', (latentSize) => {
  const { vae, parameters, rows, exact } = linearModel(latentSize);

  it('is found by importance sampling within 3 standard errors', async () => {
    const functions = new BatchedFunctions(runtime);
    const noise = { seed: 1, stream: 'inference' } as const;
    const draws = 3000;
    const { logMarginalLikelihood, standardError, effectiveSampleSize } = await estimateByImportanceSampling(
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
    const found = await estimateByPosteriorDensity(subject, start, options, { seed: 3 });
    await functions.dispose();
    const errors = found.logMarginalLikelihood.map((value, row) => value - at(exact, row));
    const together = Math.hypot(...found.standardError) / ROWS;
    expect(found.acceptance).toBeGreaterThan(0.7);
    expect(Math.abs(meanOf(errors))).toBeLessThan(3 * together);
    expect(together).toBeLessThan(0.02);
  });

  it('is found by importance sampling from fitted posteriors, with far fewer draws than from a blind encoder', async () => {
    const functions = new BatchedFunctions(runtime);
    const subject = { functions, vae, parameters, rows };
    const spec = { method: 'fitted_importance_sampling', samples: 200, leapfrog_steps: 4 } as const;
    const noise = { seed: 4, stream: 'inference' } as const;
    const found = await estimateMarginalLikelihood(subject, spec, noise);
    await functions.dispose();
    const errors = found.logMarginalLikelihood.map((value, row) => value - at(exact, row));
    const together = Math.hypot(...found.standardError) / ROWS;
    expect(Math.abs(meanOf(errors))).toBeLessThan(3 * together);
    expect(together).toBeLessThan(0.02);
    expect(found.acceptance).toBeGreaterThan(0.7);
    for (const size of found.effectiveSampleSize ?? []) expect(size).toBeGreaterThan(50);
  });
});

describe('chains without an encoder', () => {
  it('find posteriors that are a thousand times narrower than the prior they start from', async () => {
    const setting = { dataSize: DATA_SIZE, latentSize: 2, rows: ROWS, noiseVariance: 1e-6 };
    const linear = linearGaussian(setting);
    const functions = new BatchedFunctions(runtime);
    const vae = createVae(linear.model, [DATA_SIZE]);
    const subject = { functions, vae, parameters: linear.decoder, rows: linear.rows };
    const spec = { method: 'fitted_importance_sampling', samples: 200, leapfrog_steps: 10 } as const;
    const found = await estimateMarginalLikelihood(subject, spec, { seed: 5, stream: 'inference' });
    await functions.dispose();
    const exact = exactLogLikelihoods(linear);
    found.logMarginalLikelihood.forEach((value, row) => {
      expect(Math.abs(value - at(exact, row))).toBeLessThan(1);
    });
  });
});
