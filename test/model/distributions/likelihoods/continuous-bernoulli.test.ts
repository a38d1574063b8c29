import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { at } from '../../../support/numbers.ts';

beforeAll(() => tf.setBackend('cpu'));

const NODES = 2000;
const family = likelihoodFamily({ family: 'continuous_bernoulli' });
const likelihoodAt = (logits: readonly number[]) =>
  family.fromOutput(tf.tensor2d([...logits], [1, logits.length]), {});

/** Simpson's rule on [0, 1]. */
function integral(values: (i: number) => number): number {
  const terms = Array.from({ length: NODES + 1 }, (_, i) => {
    const weight = i === 0 || i === NODES ? 1 : i % 2 === 1 ? 4 : 2;
    return weight * values(i);
  });
  return terms.reduce((sum, term) => sum + term, 0) / (3 * NODES);
}

/** Around lambda = 1/2 as close as float32 goes, on both sides of where the series begins, and far out. */
const LOGITS = [
  -30, -5, -1.0001, -1, -0.9999, -0.1, -1e-4, -1e-8, 0, 1e-30, 1e-6, 1e-3, 0.5, 0.9999, 1, 1.0001, 10, 40,
];

describe('the continuous Bernoulli', () => {
  const grid = Float32Array.from({ length: NODES + 1 }, (_, i) => i / NODES);
  const densities = () => {
    const x = tf.tile(tf.tensor2d(grid, [NODES + 1, 1]), [1, LOGITS.length]);
    return tf.exp(likelihoodAt(LOGITS).logProbByColumn(x)).arraySync() as number[][];
  };

  it('is a density: it integrates to one', () => {
    const found = densities();
    LOGITS.forEach((logit, k) => {
      expect(
        integral((i) => at(found[i] ?? [], k)),
        `logit ${logit}`,
      ).toBeCloseTo(1, 5);
    });
  });

  it('has the mean that its density has', () => {
    const found = densities();
    const mean = likelihoodAt(LOGITS).mean().dataSync();
    LOGITS.forEach((logit, k) => {
      const expected = integral((i) => at(grid, i) * at(found[i] ?? [], k));
      expect(at(mean, k), `logit ${logit}`).toBeCloseTo(expected, 5);
    });
  });

  it('is uniform at logit 0', () => {
    const likelihood = likelihoodAt([0, 0]);
    expect(at(likelihood.logProb(tf.tensor1d([0.1, 0.9])).dataSync(), 0)).toBe(0);
    expect(Array.from(likelihood.mean().dataSync())).toEqual([0.5, 0.5]);
  });

  it('stays finite at extreme logits, with finite gradients', () => {
    const x = tf.tensor1d([0, 1, 0.3, 1]);
    const score = (logits: tf.Tensor) => tf.sum<tf.Scalar>(family.fromOutput(logits, {}).logProb(x));
    const logits = tf.tensor1d([-1e4, 1e4, -1e4, -1e30]);
    expect(Number.isFinite(at(score(logits).dataSync(), 0))).toBe(true);
    const gradient = tf
      .grad((at) => score(at))(logits)
      .dataSync();
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(at(gradient, 2)).toBeCloseTo(0.3 - 1e-4, 5);
  });
});
