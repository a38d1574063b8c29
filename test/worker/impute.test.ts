import { afterAll, describe, expect, it } from 'vitest';
import { Inference } from '../../src/model/evaluation/compiled-model.ts';
import { createOnnxRuntime } from '../../src/model/runtime/onnx/onnx-runtime.ts';
import type { Inputs } from '../../src/queue/operations.ts';
import { impute } from '../../src/worker/inference/impute.ts';
import type { InferenceSubject } from '../../src/worker/inference/operation.ts';
import { linearGaussian, range } from '../support/linear-gaussian.ts';
import { covarianceOf, invert } from '../support/linear-conditionals.ts';
import { at } from '../support/numbers.ts';

const SIZE = 6;
const HIDDEN = [1, 3, 4];
const KNOWN = [0, 2, 5];
const [ROUNDS, DRAWS] = [64, 1000];

const linear = linearGaussian({ dataSize: SIZE, latentSize: 2, rows: 4, noiseVariance: 0.4 });
const model = { ...linear.model, likelihood: { ...linear.model.likelihood, missing: true } };
const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
const inference = Inference.of(runtime, model, [SIZE]);
afterAll(async () => {
  await inference.dispose();
  await runtime.dispose();
});

/** q(z|x) = N(0, I) for every row, whatever is missing: only the weights know of the row. */
const blind = {
  'encoder.output.weight': { shape: [2 * SIZE, 4], data: new Float32Array(8 * SIZE) },
  'encoder.output.bias': { shape: [4], data: new Float32Array(4) },
};
const subject = {
  inference,
  parameters: { ...linear.decoder, ...blind },
  record: { model },
} as unknown as InferenceSubject;

/** Rows without their hidden values. */
const rows = {
  shape: [4, SIZE] as const,
  data: linear.rows.data.map((value, i) => (HIDDEN.includes(i % SIZE) ? NaN : value)),
};
async function run(input: Partial<Inputs['impute']> = {}) {
  const output = await impute.run(subject, { rows, rounds: ROUNDS, draws: DRAWS, seed: 1, ...input });
  const { mean } = output;
  if (!mean) throw new Error('there are no means');
  return { ...output, mean };
}

/** p(hidden|known) of a row: N(mean, covariance), by the formula for parts of a Gaussian. */
function conditional(row: number) {
  const all = covarianceOf(linear);
  const pick = (from: readonly number[], to: readonly number[]) =>
    from.map((i) => to.map((j) => at(all[i] ?? [], j)));
  const times = (a: number[][], b: number[][]) =>
    a.map((line) =>
      range(b[0]?.length ?? 0).map((j) => line.reduce((sum, v, k) => sum + v * at(b[k] ?? [], j), 0)),
    );
  const gain = times(pick(HIDDEN, KNOWN), invert(pick(KNOWN, KNOWN)));
  const off = KNOWN.map((i) => [at(rows.data, row * SIZE + i) - at(linear.bias, i)]);
  const mean = times(gain, off).map(([shift = 0], i) => at(linear.bias, HIDDEN[i] ?? 0) + shift);
  const explained = times(gain, pick(KNOWN, HIDDEN));
  const covariance = pick(HIDDEN, HIDDEN).map((line, i) => line.map((v, j) => v - at(explained[i] ?? [], j)));
  return { mean, covariance };
}

describe('missing values of a linear Gaussian model', () => {
  it('have the means, covariances and probabilities of p(missing|known)', async () => {
    const { mean, draws, effective_sample_size: effective } = await run();
    if (!draws) throw new Error('there are no draws');
    for (const row of range(4)) {
      const exact = conditional(row);
      const size = Math.min(at(effective.data, row), DRAWS);
      expect(size).toBeGreaterThan(200);
      const drawn = HIDDEN.map((i) => range(DRAWS).map((d) => at(draws.data, (d * 4 + row) * SIZE + i)));
      const meanOf = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
      HIDDEN.forEach((i, h) => {
        const [center, variance] = [at(exact.mean, h), at(exact.covariance[h] ?? [], h)];
        const error = Math.sqrt(variance / size);
        expect(Math.abs(at(mean.data, row * SIZE + i) - center)).toBeLessThan(4 * error);
        const own = drawn[h] ?? [];
        expect(Math.abs(meanOf(own) - center)).toBeLessThan(5 * error);
        const above = own.filter((v) => v > center + Math.sqrt(variance)).length / DRAWS;
        expect(Math.abs(above - 0.1587)).toBeLessThan(4 * Math.sqrt((0.1587 * 0.8413) / size));
        drawn.forEach((other, k) => {
          const mixed = at(exact.covariance[h] ?? [], k);
          const found = meanOf(own.map((v, d) => (v - center) * (at(other, d) - at(exact.mean, k))));
          const spread = Math.sqrt(variance * at(exact.covariance[k] ?? [], k) + mixed ** 2);
          expect(Math.abs(found - mixed)).toBeLessThan((4.5 * spread) / Math.sqrt(size));
        });
      });
    }
  });

  it('leave what is known as it is, and do not depend on other rows', async () => {
    const { mean, draws } = await run({ draws: 2 });
    for (const { data } of [mean, draws ?? mean]) {
      data.forEach((value, i) => {
        const given = at(rows.data, i % rows.data.length);
        if (!Number.isNaN(given)) expect(value).toBe(given);
        expect(Number.isFinite(value)).toBe(true);
      });
    }
    const alone = await run({ rows: { shape: [1, SIZE], data: rows.data.slice(0, SIZE) }, draws: 0 });
    expect(alone.mean.data).toEqual(mean.data.slice(0, SIZE));
    expect(alone).not.toHaveProperty('draws');
  });

  it('are drawn from the prior if nothing is known', async () => {
    const nothing = { shape: [1, SIZE] as const, data: new Float32Array(SIZE).fill(NaN) };
    const { mean, effective_sample_size: effective } = await run({ rows: nothing, draws: 0 });
    expect(at(effective.data, 0)).toBeCloseTo(64 * ROUNDS, 0);
    range(SIZE).forEach((i) => {
      const deviation = Math.sqrt(at(covarianceOf(linear)[i] ?? [], i) / (64 * ROUNDS));
      expect(Math.abs(at(mean.data, i) - at(linear.bias, i))).toBeLessThan(4 * deviation);
    });
  });
});
