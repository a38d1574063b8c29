import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { drawCounts } from '../../../../src/model/evaluation/counts.ts';
import { at, estimateOf, normals, uniforms } from '../../../support/numbers.ts';
import { modelSpec } from '../../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

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
