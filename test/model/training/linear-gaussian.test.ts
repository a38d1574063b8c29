import { beforeAll, describe, expect, it } from 'vitest';
import { Inference } from '../../../src/model/evaluation/compiled-model.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays } from '../../../src/model/runtime/runtime.ts';
import { LOG_2_PI, range } from '../../support/linear-gaussian.ts';
import {
  DATA_SIZE,
  drawRows,
  largestLogLikelihood,
  LATENT_SIZE,
  MODEL,
  ROWS,
  trainedOn,
} from '../../support/principal-components.ts';
import { at, estimateOf, meanOf } from '../../support/numbers.ts';
import { array } from '../../support/tiny-model.ts';

/**
 * The mean bound over the rows, exactly: for a decoder b + W z with variance s^2 and q = N(m, diag(v)),
 * E log p(x|z) = -1/2 (d log 2 pi s^2 + (|x - b - W m|^2 + sum_k v_k |w_k|^2) / s^2).
 */
function meanBound(parameters: FloatArrays, rows: Float32Array): number {
  const of = (name: string) => array(parameters, name).data;
  const [encoderWeight, encoderBias] = [of('encoder.output.weight'), of('encoder.output.bias')];
  const [weight, bias] = [of('decoder.output.weight'), of('decoder.output.bias')];
  const logNoise = at(of('decoder.log_variance'), 0);
  const bounds = range(ROWS).map((row) => {
    const x = rows.subarray(row * DATA_SIZE, (row + 1) * DATA_SIZE);
    const encoded = Array.from(encoderBias, (b, j) =>
      x.reduce((sum, value, i) => sum + value * at(encoderWeight, i * 2 * LATENT_SIZE + j), b),
    );
    const [mean, logVariance] = [encoded.slice(0, LATENT_SIZE), encoded.slice(LATENT_SIZE)];
    const kl = mean.map((m, k) => (Math.exp(at(logVariance, k)) + m * m - 1 - at(logVariance, k)) / 2);
    const squares = Array.from(x, (value, i) => {
      const column = (k: number) => at(weight, k * DATA_SIZE + i);
      const center = mean.reduce((sum, m, k) => sum + m * column(k), at(bias, i));
      const spread = mean.reduce((sum, _, k) => sum + Math.exp(at(logVariance, k)) * column(k) ** 2, 0);
      return (value - center) ** 2 + spread;
    });
    const total = squares.reduce((a, b) => a + b, 0);
    return (
      -0.5 * (DATA_SIZE * (LOG_2_PI + logNoise) + total / Math.exp(logNoise)) - kl.reduce((a, b) => a + b, 0)
    );
  });
  return meanOf(bounds);
}

describe('a trained linear Gaussian model', () => {
  const rows = drawRows();
  let trained: FloatArrays;

  beforeAll(async () => {
    const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
    trained = await trainedOn(rows, runtime, {}, { rates: [0.01, 0.001, 0.0001], steps: 3000 });
    await runtime.dispose();
  });

  it('reaches the exact maximum of the likelihood, and never passes it', () => {
    const gap = largestLogLikelihood(rows) - meanBound(trained, rows);
    expect(gap).toBeLessThan(0.05);
    // The bound is exact: what is left is the rounding of single precision.
    expect(gap).toBeGreaterThan(-1e-5);
  });

  it('is given its exact bound by the evaluation, within Monte Carlo error', async () => {
    const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
    const inference = Inference.of(runtime, MODEL, [DATA_SIZE]);
    const means: number[] = [];
    for (const seed of range(20)) {
      const noise = { seed, stream: 'validationNoise' } as const;
      const { elbo } = await inference.elbo(trained, { shape: [ROWS, DATA_SIZE], data: rows }, 1, noise);
      means.push(meanOf(elbo.data));
    }
    await runtime.dispose();
    const { mean, standardError } = estimateOf(means);
    expect(standardError).toBeLessThan(0.02);
    expect(Math.abs(mean - meanBound(trained, rows))).toBeLessThan(4 * standardError);
  });
});
