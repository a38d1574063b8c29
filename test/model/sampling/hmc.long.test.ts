import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runHmcTransition, tuneStepSize } from '../../../src/model/sampling/hmc.ts';
import { at, estimateOf, meanOf, normals, uniforms } from '../../support/numbers.ts';

beforeAll(() => tf.setBackend('cpu'));

const CHAINS = 2000;
/** N((1, -2), [[1, 0.8], [0.8, 1]]): -1/2 (a^2 - 2 r a b + b^2) / (1 - r^2), up to a constant. */
const [CENTER, CORRELATION] = [[1, -2], 0.8] as const;
function logDensity(z: tf.Tensor): tf.Tensor {
  const [a = z, b = z]: (tf.Tensor | undefined)[] = tf.unstack(tf.sub(z, tf.tensor1d([...CENTER])), -1);
  const cross = tf.mul(tf.mul(a, b), 2 * CORRELATION);
  const squares = tf.sub(tf.add(tf.square(a), tf.square(b)), cross);
  return tf.mul(squares, -0.5 / (1 - CORRELATION ** 2));
}

function moved(z: tf.Tensor, seed: number, stepSize: number, leapfrogSteps = 5) {
  const rows = z.size / 2;
  const noise = {
    momentum: tf.tensor2d(normals(seed, rows * 2), [rows, 2]),
    acceptance: tf.tensor1d(uniforms(seed + 1, rows, 0, 1)),
  };
  return runHmcTransition(logDensity, z, noise, tf.tensor1d([stepSize]), leapfrogSteps);
}

const columns = (z: tf.Tensor) => {
  const values = z.dataSync<'float32'>();
  return [0, 1].map((i) => Array.from({ length: values.length / 2 }, (_, row) => at(values, 2 * row + i)));
};

describe('Hamiltonian Monte Carlo', () => {
  it('comes from far away to the mean and covariance of its density', () => {
    let z: tf.Tensor = tf.mul(tf.ones([CHAINS, 2]), 4);
    for (let i = 0; i < 60; i++) z = tf.tidy(() => moved(z, 100 + 2 * i, 0.4).z);
    const [a = [], b = []] = columns(z);
    for (const [values, center] of [
      [a, CENTER[0]],
      [b, CENTER[1]],
    ] as const) {
      const { mean, standardError } = estimateOf(values);
      expect(Math.abs(mean - center)).toBeLessThan(4 * standardError);
    }
    const product = (p: number[], q: number[]) =>
      estimateOf(p.map((value, i) => (value - meanOf(p)) * (at(q, i) - meanOf(q))));
    for (const [{ mean, standardError }, covariance] of [
      [product(a, a), 1],
      [product(b, b), 1],
      [product(a, b), CORRELATION],
    ] as const) {
      expect(Math.abs(mean - covariance)).toBeLessThan(4 * standardError);
    }
  });

  it('accepts nearly all short steps, fewer long ones, and stays where it refuses', () => {
    const start = tf.tensor2d(normals(3, 2 * CHAINS), [CHAINS, 2]);
    const acceptance = (stepSize: number) => meanOf(moved(start, 5, stepSize).accepted.dataSync());
    expect(acceptance(0.01)).toBeGreaterThan(0.999);
    expect(acceptance(0.8)).toBeLessThan(acceptance(0.4));
    const { z, accepted } = moved(start, 5, 0.8);
    const [before, after] = [start.dataSync(), z.dataSync()];
    accepted.dataSync().forEach((taken, row) => {
      const same =
        at(before, 2 * row) === at(after, 2 * row) && at(before, 2 * row + 1) === at(after, 2 * row + 1);
      expect(same).toBe(taken === 0);
    });
  });

  it('refuses a trajectory that leaves the finite numbers', () => {
    const { z, accepted } = moved(tf.tensor2d([[1, -2]]), 5, 1e10);
    expect(accepted.dataSync()[0]).toBe(0);
    expect(Array.from(z.dataSync())).toEqual([1, -2]);
  });

  it.each([
    [[1, 1, 1, 1], 1.02],
    [[1, 1, 1, 0], 1 / 1.02],
  ])('tunes its step: accepted %j', (accepted, factor) => {
    const tuned = tuneStepSize(tf.tensor1d([0.5]), tf.tensor1d(accepted), 0.9);
    expect(tuned.dataSync()[0]).toBeCloseTo(0.5 * factor, 6);
  });
});
