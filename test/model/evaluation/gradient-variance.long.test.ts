import { afterAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/model/evaluation/evaluate.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import { exactEncoder, linearGaussian, range } from '../../support/linear-gaussian.ts';
import { at } from '../../support/numbers.ts';
import { rowSetOf } from '../../support/row-sets.ts';
import { trainingSpec } from '../../support/specifications.ts';

const [DATA_SIZE, LATENT_SIZE, NOISE_VARIANCE] = [4, 2, 0.5];
const LINEAR = linearGaussian({
  dataSize: DATA_SIZE,
  latentSize: LATENT_SIZE,
  rows: 1,
  noiseVariance: NOISE_VARIANCE,
});
const ENCODER = exactEncoder(LINEAR);
const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

/**
 * Of one row x, exactly: with z_j = m_j + s_j e_j, A = W W^T / s^2 and c = W (x - b - W^T m) / s^2 the slope of log p(x|z) is
 * c - A (s e). The encoder's biases have gradients of variance sum_k (A_jk s_k)^2 (mean) and
 * s_j^2 (c_j^2 + 2 (A_jj s_j)^2 + sum_{k != j} (A_jk s_k)^2) / 4 (log variance); its weights the same times x_i.
 */
function exactTrace(): number {
  const x = LINEAR.rows.data;
  const w = (k: number, i: number) => at(LINEAR.weight, k * DATA_SIZE + i);
  const encoded = range(2 * LATENT_SIZE).map((j) =>
    x.reduce(
      (sum, value, i) =>
        sum + value * at(ENCODER['encoder.output.weight']?.data ?? [], i * 2 * LATENT_SIZE + j),
      at(ENCODER['encoder.output.bias']?.data ?? [], j),
    ),
  );
  const spread = (j: number) => Math.exp(at(encoded, LATENT_SIZE + j) / 2);
  const a = (j: number, k: number) =>
    range(DATA_SIZE).reduce((sum, i) => sum + w(j, i) * w(k, i), 0) / NOISE_VARIANCE;
  const residual = range(DATA_SIZE).map((i) => {
    const fitted = range(LATENT_SIZE).reduce((sum, k) => sum + at(encoded, k) * w(k, i), at(LINEAR.bias, i));
    return at(x, i) - fitted;
  });
  const slope = (j: number) => residual.reduce((sum, r, i) => sum + r * w(j, i), 0) / NOISE_VARIANCE;
  const biases = range(LATENT_SIZE).reduce((sum, j) => {
    const shares = range(LATENT_SIZE).map((k) => (a(j, k) * spread(k)) ** 2);
    const mean = shares.reduce((one, other) => one + other);
    const logVariance = (spread(j) ** 2 * (slope(j) ** 2 + mean + at(shares, j))) / 4;
    return sum + mean + logVariance;
  }, 0);
  return biases * x.reduce((sum, value) => sum + value * value, 1);
}

describe('the gradient variance', () => {
  it('of sgvb_b is what it is by hand, and the score function is far noisier', async () => {
    const rows = rowSetOf(LINEAR.rows);
    const { report } = await evaluate(
      {
        runtime,
        model: LINEAR.model,
        training: trainingSpec(),
        rowShape: [DATA_SIZE],
        parameters: { ...ENCODER, ...LINEAR.decoder },
        rows,
        trainRows: rows,
        seed: 4,
      },
      [{ name: 'gradient_variance', minibatch_size: 100, draws: 3000 }],
      async () => undefined,
    );
    const { minibatch_size: size, estimators = [] } = report.gradient_variance ?? {};
    expect(size).toBe(1);
    expect(estimators.map(({ estimator, control_variate }) => [estimator, control_variate])).toEqual([
      ['sgvb_b', undefined],
      ['sgvb_a', undefined],
      ['score_function', 'none'],
      ['score_function', 'leave_one_out'],
    ]);
    const [closed, drawn, score] = estimators;
    expect((closed?.variance ?? NaN) / exactTrace()).toBeCloseTo(1, 1);
    expect(closed?.ratio_to_sgvb_b).toBe(1);
    expect(drawn?.ratio_to_sgvb_b).toBeGreaterThan(1);
    expect(score?.ratio_to_sgvb_b).toBeGreaterThan(2);
    for (const { variance, all_parameters: all } of estimators) {
      expect(all.variance).toBeGreaterThan(variance ?? NaN);
    }
  });
});
