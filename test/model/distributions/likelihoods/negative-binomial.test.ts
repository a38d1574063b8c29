import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { drawCounts } from '../../../../src/model/evaluation/counts.ts';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { Runtime, TensorFunction } from '../../../../src/model/runtime/runtime.ts';
import { differentiate } from '../../../../src/model/training/step.ts';
import { createEagerRuntime } from '../../../support/eager-runtime.ts';
import { inDouble, inFloat } from '../../../support/evaluate.ts';
import { at, estimateOf, normals, uniforms } from '../../../support/numbers.ts';
import { modelSpec } from '../../../support/specifications.ts';
import { array, tensor } from '../../../support/tiny-model.ts';
import golden from '../golden/negative_binomial.json' with { type: 'json' };

let runtimes: Readonly<Record<string, Runtime>>;
beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
  await tf.setBackend('cpu');
});
afterAll(() => array(runtimes, 'compiled').dispose());

const { likelihood } = modelSpec({ likelihood: { family: 'negative_binomial' } });
const made = (mean: number, count: number) =>
  likelihoodFamily(likelihood).fromOutput(tf.tensor2d([[Math.log(mean), Math.log(count)]]), {});

const PAIRS = [
  [0.3, 0.5],
  [4, 2],
  [9, 0.7],
  [6, 1000],
] as const;

describe('negative_binomial', () => {
  it.each(PAIRS)('has probabilities that sum to 1: mean %d, total count %d', (mean, count) => {
    const x = tf.tensor2d(Array.from({ length: 400 }, (_, i) => [i]));
    const sum = tf.sum(tf.exp(made(mean, count).logProb(x))).dataSync();
    expect(Math.abs(at(sum, 0) - 1)).toBeLessThan(1e-4);
  });

  it.each(PAIRS)('draws counts of its mean and variance: mean %d, total count %d', (mean, count) => {
    const draws = 20_000;
    const normal = tf.tensor2d(normals(1, draws), [draws, 1]);
    const uniform = tf.tensor2d(uniforms(2, 4 * draws, 0, 1), [draws, 4]);
    const data = Float32Array.from(made(mean, count).sample({ normal, uniform }).dataSync());
    const noise = { seed: 3, stream: 'inference' } as const;
    const counts = Array.from(drawCounts(likelihood, { shape: [draws, 1], data }, noise).data);
    expect(counts.every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
    const found = estimateOf(counts);
    expect(Math.abs(found.mean - mean)).toBeLessThan(4.5 * found.standardError);
    const squares = estimateOf(counts.map((x) => (x - mean) ** 2));
    expect(Math.abs(squares.mean - (mean + mean ** 2 / count))).toBeLessThan(4.5 * squares.standardError);
  });

  it('is a Poisson where the total count is large', () => {
    const x = tf.tensor2d([[0], [3], [11]]);
    const poisson = likelihoodFamily({ family: 'poisson' }).fromOutput(tf.tensor2d([[Math.log(4)]]), {});
    const [found, expected] = [made(4, 20_000).logProb(x).dataSync(), poisson.logProb(x).dataSync()];
    expected.forEach((value, i) => {
      expect(Math.abs(at(found, i) - value)).toBeLessThan(0.03);
    });
  });

  it('starts at the mean and variance of the data', () => {
    const statistics = { mean: Float64Array.of(5), variance: Float64Array.of(15) };
    const { output } = likelihoodFamily(likelihood).marginal(statistics);
    expect(Array.from(output, Math.exp)).toEqual([expect.closeTo(5, 4), expect.closeTo(2.5, 4)]);
  });
});

const column = (values: readonly number[]) => ({
  shape: [values.length, 1],
  data: Float32Array.from(values),
});

/** log p of one count a row, and its derivatives by log m and log n. */
const logProbAndGradient: TensorFunction = (given) => {
  const x = tensor(given, 'x');
  const logProb = (at: typeof given) =>
    likelihoodFamily(likelihood)
      .fromOutput(tf.concat([tensor(at, 'log_mean'), tensor(at, 'log_count')], -1), {})
      .logProb(x);
  const own = { log_mean: tensor(given, 'log_mean'), log_count: tensor(given, 'log_count') };
  const gradient = differentiate(own, (at) => tf.sum<tf.Scalar>(logProb(at)));
  return {
    log_prob: logProb(own),
    by_log_mean: tensor(gradient, 'log_mean'),
    by_log_count: tensor(gradient, 'log_count'),
  };
};

const EXTREMES = {
  x: column(golden.x),
  log_mean: column(golden.log_mean),
  log_count: column(golden.log_count),
};
const ANSWERS = ['log_prob', 'by_log_mean', 'by_log_count'] as const;

/** 1 and what float32 adds up to log p: n log(1 + m / n) + x log(1 + n / m). */
const sizes = golden.x.map((x, i) => {
  const logCount = Math.min(at(golden.log_count, i), 10);
  const logOdds = at(golden.log_mean, i) - logCount;
  const log1pExp = (t: number) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  return 1 + Math.exp(logCount) * log1pExp(logOdds) + x * log1pExp(-logOdds);
});

/** The largest error, relative to the exact value or to the terms that make it up. */
function largestError(found: ArrayLike<number>, exact: readonly number[]): number {
  const errors = exact.map((value, i) => {
    const error = Math.abs(at(found, i) - value) / Math.max(Math.abs(value), at(sizes, i));
    return Number.isFinite(error) ? error : Infinity;
  });
  return Math.max(...errors);
}

describe('negative_binomial at parameters of any size', () => {
  it.each(['eager', 'compiled'])('has exact probabilities and gradients: %s', async (name) => {
    const results = await inFloat(array(runtimes, name), logProbAndGradient, EXTREMES);
    for (const answer of ANSWERS)
      expect(largestError(array(results, answer).data, golden[answer]), answer).toBeLessThan(5e-7);
  });

  it('has no error beyond its approximation of B in double precision', () => {
    const results = inDouble(logProbAndGradient, EXTREMES);
    for (const answer of ANSWERS)
      expect(largestError(array(results, answer).data, golden[answer]), answer).toBeLessThan(1e-7);
  });

  it.each(['eager', 'compiled'])('has probabilities that sum to 1: %s', async (name) => {
    const pairs = [-100, -5, 0, 2].flatMap((logMean) =>
      [-300, -60, -20, -2, 4, 9.9, 40].map((logCount) => [logMean, logCount] as const),
    );
    // Beyond it, every pair has less than 1e-15.
    const most = 2500;
    const rows = pairs.flatMap((pair) => Array.from({ length: most }, (_, x) => ({ pair, x })));
    const inputs = {
      output: { shape: [rows.length, 2], data: Float32Array.from(rows.flatMap(({ pair }) => pair)) },
      x: column(rows.map(({ x }) => x)),
    };
    const logProb: TensorFunction = (given) => ({
      y: likelihoodFamily(likelihood).fromOutput(tensor(given, 'output'), {}).logProb(tensor(given, 'x')),
    });
    const { data } = array(await inFloat(array(runtimes, name), logProb, inputs), 'y');
    pairs.forEach((pair, i) => {
      const sum = data.slice(i * most, (i + 1) * most).reduce((total, log) => total + Math.exp(log), 0);
      expect(Math.abs(sum - 1), `log m and log n ${pair.join(', ')}`).toBeLessThan(1e-4);
    });
  });
});
