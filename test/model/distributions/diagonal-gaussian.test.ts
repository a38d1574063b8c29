import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as gaussian from '../../../src/model/distributions/diagonal-gaussian.ts';
import { at, estimateOf, normals } from '../../support/numbers.ts';

beforeAll(() => tf.setBackend('cpu'));

const one = (tensor: tf.Tensor) => at(tensor.dataSync(), 0);
const of = (mean: number[], logVariance: number[]) => ({
  mean: tf.tensor1d(mean),
  logVariance: tf.tensor1d(logVariance),
});

describe('logProb', () => {
  // scipy.stats.norm.logpdf(x, mean, standard deviation), summed over the elements.
  it.each([
    { x: [0], mean: [0], variance: [1], expected: -0.9189385332046727 },
    { x: [1], mean: [0], variance: [1], expected: -1.4189385332046727 },
    { x: [0.5], mean: [1], variance: [0.25], expected: -0.7257913526447274 },
    { x: [0, 3], mean: [0, 1], variance: [1, 4], expected: -3.0310242469692907 },
  ])('is $expected for N($mean, $variance) at $x', ({ x, mean, variance, expected }) => {
    const distribution = of(mean, variance.map(Math.log));
    expect(one(gaussian.logProb(distribution, tf.tensor1d(x)))).toBeCloseTo(expected, 5);
  });

  it('agrees with the standard normal', () => {
    const z = tf.tensor2d([0.3, -1, 2, 0.1], [2, 2]);
    const standard = gaussian.standardNormalLogProb(z).dataSync();
    const general = gaussian.logProb(of([0, 0], [0, 0]), z).dataSync();
    expect(at(standard, 0)).toBeCloseTo(at(general, 0), 5);
    expect(at(standard, 1)).toBeCloseTo(-Math.log(2 * Math.PI) - (4 + 0.01) / 2, 5);
  });
});

describe('sample', () => {
  it('moves noise to the mean and stretches it by the standard deviation', () => {
    const z = gaussian.reparameterize(of([1, -2], [Math.log(4), Math.log(0.25)]), tf.tensor1d([1, -2]));
    expect(at(z.dataSync(), 0)).toBeCloseTo(3, 5);
    expect(at(z.dataSync(), 1)).toBeCloseTo(-3, 5);
  });
});

describe('klFromStandardNormal', () => {
  it.each([
    { mean: [0], variance: [1], expected: 0 },
    { mean: [1], variance: [1], expected: 0.5 },
    { mean: [0], variance: [Math.E], expected: (Math.E - 2) / 2 },
    { mean: [2, 0], variance: [1, 0.5], expected: 2 + (Math.LN2 - 0.5) / 2 },
  ])('is $expected for N($mean, $variance)', ({ mean, variance, expected }) => {
    expect(one(gaussian.klFromStandardNormal(of(mean, variance.map(Math.log))))).toBeCloseTo(expected, 5);
  });

  it('is the mean of log q(z) - log p(z) over draws of q', () => {
    const posterior = of([0.5, -1], [-1, 0.4]);
    const draws = 20_000;
    const z = gaussian.reparameterize(posterior, tf.tensor2d(normals(1, draws * 2), [draws, 2]));
    const ratios = tf.sub(gaussian.logProb(posterior, z), gaussian.standardNormalLogProb(z)).dataSync();
    const { mean, standardError } = estimateOf(ratios);
    expect(Math.abs(mean - one(gaussian.klFromStandardNormal(posterior)))).toBeLessThan(4 * standardError);
  });
});
