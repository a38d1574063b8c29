import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossOf } from '../../../src/model/training/objective.ts';
import { at } from '../../support/numbers.ts';

beforeAll(() => tf.setBackend('cpu'));

const elbo = () => tf.tensor1d([-10, -20, -33]);
const parameters = () => ({
  'encoder.output.weight': tf.tensor2d([100, 200], [1, 2]),
  'decoder.output.weight': tf.tensor2d([1, -2], [2, 1]),
  'decoder.output.bias': tf.tensor1d([0.5]),
});
const value = (tensor: tf.Tensor) => at(tensor.dataSync(), 0);

describe('lossOf', () => {
  it('is minus the mean bound of the minibatch, whatever N is', () => {
    for (const size of [3, 1000])
      expect(value(lossOf({ name: 'ml' }, elbo(), parameters(), size))).toBeCloseTo(21, 5);
  });

  it.each([
    { deviation: 1, size: 3 },
    { deviation: 0.5, size: 1000 },
  ])('adds the decoder prior once for all $size rows (s = $deviation)', ({ deviation, size }) => {
    const map = lossOf({ name: 'map', prior_standard_deviation: deviation }, elbo(), parameters(), size);
    const sumOfSquares = 1 + 4 + 0.25;
    expect(value(map)).toBeCloseTo(21 + sumOfSquares / (2 * deviation ** 2 * size), 5);
  });
});
