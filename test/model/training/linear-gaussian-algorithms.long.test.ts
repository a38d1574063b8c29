import { afterAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays } from '../../../src/model/runtime/runtime.ts';
import { gaussianLogProb, range } from '../../support/linear-gaussian.ts';
import {
  DATA_SIZE,
  drawRows,
  largestLogLikelihood,
  LATENT_SIZE,
  ROWS,
  trainedOn,
} from '../../support/principal-components.ts';
import { at, meanOf } from '../../support/numbers.ts';
import { array } from '../../support/tiny-model.ts';

const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

/** Mean log p(x) of the decoder alone, exactly: log N(x; b, W W^T + s^2 I). */
function meanLogLikelihood(parameters: FloatArrays, rows: Float32Array): number {
  const [weight, bias] = ['weight', 'bias'].map((name) => array(parameters, `decoder.output.${name}`).data);
  const noise = Math.exp(at(array(parameters, 'decoder.log_variance').data, 0));
  const entry = (k: number, i: number) => at(weight ?? [], k * DATA_SIZE + i);
  const covariance = range(DATA_SIZE).map((i) =>
    range(DATA_SIZE).map((j) => {
      const shared = range(LATENT_SIZE).map((k) => entry(k, i) * entry(k, j));
      return shared.reduce((sum, value) => sum + value, i === j ? noise : 0);
    }),
  );
  const centered = (row: number) =>
    range(DATA_SIZE).map((i) => at(rows, row * DATA_SIZE + i) - at(bias ?? [], i));
  return meanOf(range(ROWS).map((row) => gaussianLogProb(covariance, centered(row))));
}

describe('the exact maximum of the likelihood of a linear Gaussian model', () => {
  const rows = drawRows();
  const largest = largestLogLikelihood(rows);

  it.each<[string, object]>([
    ['wake_sleep', { algorithm: { name: 'wake_sleep' } }],
    ['mcem', { algorithm: { name: 'mcem' } }],
    ['full_vb', { algorithm: { name: 'full_vb' } }],
    ['importance_weighted', { estimator: { name: 'importance_weighted' }, samples_per_datapoint: 5 }],
    [
      'score_function',
      { estimator: { name: 'score_function', control_variate: 'leave_one_out' }, samples_per_datapoint: 5 },
    ],
  ])('is reached by %s, and never passed', async (_name, training) => {
    const rates = { rates: [0.01, 0.001], steps: 4000 };
    const parameters = await trainedOn(rows, runtime, training, rates);
    const gap = largest - meanLogLikelihood(parameters, rows);
    expect(gap).toBeLessThan(0.05);
    expect(gap).toBeGreaterThan(-1e-5);
  });
});
