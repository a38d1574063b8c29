import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Inference } from '../../../src/model/evaluation/compiled-model.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArray, FloatArrays, Runtime } from '../../../src/model/runtime/runtime.ts';
import { randomParameters } from '../../support/tiny-model.ts';
import { modelSpec } from '../../support/specifications.ts';

const transform = { shift: 40, scale: 10 };
const LIKELIHOOD = {
  family: 'mixed',
  columns: [
    { name: 'age', likelihood: { family: 'gaussian', transform }, missing: true },
    { name: 'visits', likelihood: { family: 'poisson' } },
    { name: 'city', likelihood: { family: 'categorical', categories: 3 }, missing: true },
    { name: 'member', likelihood: { family: 'bernoulli' } },
  ],
};
const NETWORK = { hidden_sizes: [4] };
const MODEL = modelSpec({ latent_size: 2, likelihood: LIKELIHOOD, encoder: NETWORK, decoder: NETWORK });
const NOISE = { seed: 3, stream: 'inference' } as const;
const ROWS: FloatArray = {
  shape: [3, 4],
  data: new Float32Array([35, 2, 1, 0, NaN, 0, 2, 1, 50, 7, NaN, 1]),
};

let runtime: Runtime;
let inference: Inference;
let parameters: FloatArrays;

beforeAll(() => {
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
  inference = Inference.of(runtime, MODEL, [4]);
  parameters = randomParameters(inference.vae.shapes, 1);
});
afterAll(async () => {
  await inference.dispose();
  await runtime.dispose();
});

describe('of a table', () => {
  it('the terms by column sum to the log likelihood, and are 0 where a value is missing', async () => {
    const { log_likelihood: sum } = await inference.elbo(parameters, ROWS, 3, NOISE);
    const terms = await inference.logLikelihoodByColumn(parameters, ROWS, 3, NOISE);
    expect([...terms.shape]).toEqual([3, 4]);
    sum.data.forEach((value, row) => {
      const own = terms.data.subarray(row * 4, (row + 1) * 4);
      expect(own.reduce((total, term) => total + term, 0)).toBeCloseTo(value, 4);
    });
    expect([terms.data[4], terms.data[10]]).toEqual([0, 0]);
    expect(terms.data.filter((term) => term === 0)).toHaveLength(2);
  });

  it('draws are values that the columns may have, about their expectation', async () => {
    const count = 4000;
    const latents = { shape: [count, 2], data: new Float32Array(2 * count).fill(0.3) };
    const drawn = await inference.drawData(parameters, latents, NOISE);
    const mean = await inference.decode(parameters, latents);
    const column = (rows: FloatArray, i: number) =>
      Array.from({ length: count }, (_, row) => rows.data[row * 4 + i] ?? NaN);
    const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    expect(column(drawn, 1).every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(new Set(column(drawn, 2))).toEqual(new Set([0, 1, 2]));
    expect(new Set(column(drawn, 3))).toEqual(new Set([0, 1]));
    for (const [i, tolerance] of [
      [0, 1],
      [1, 0.1],
      [3, 0.04],
    ] as const) {
      expect(Math.abs(average(column(drawn, i)) - average(column(mean, i)))).toBeLessThan(tolerance);
    }
    expect(await inference.drawData(parameters, latents, NOISE)).toEqual(drawn);
    expect(await inference.drawData(parameters, latents, { ...NOISE, seed: 4 })).not.toEqual(drawn);
  });
});
