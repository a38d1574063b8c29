import { describe, expect, it } from 'vitest';
import { MinibatchOrder, countSteps } from '../../../src/model/random/minibatches.ts';

const rowsOf = (size: number) => Uint32Array.from({ length: size }, (_, i) => 100 + i);
const sorted = (values: Uint32Array) => values.slice().sort();

describe('MinibatchOrder', () => {
  it.each([
    { size: 12, minibatchSize: 4 },
    { size: 10, minibatchSize: 4 },
    { size: 7, minibatchSize: 3 },
    { size: 3, minibatchSize: 8 },
    { size: 5, minibatchSize: 1 },
  ])('shows each of $size rows once an epoch in minibatches of $minibatchSize', ({ size, minibatchSize }) => {
    const epochs = 4;
    const steps = countSteps(epochs, size, minibatchSize);
    const seen = new MinibatchOrder(rowsOf(size), minibatchSize, 1).listIndices(0, steps);
    expect(seen.length).toBeGreaterThanOrEqual(epochs * size);
    expect(seen.length - epochs * size).toBeLessThan(minibatchSize);
    for (let epoch = 0; epoch < epochs; epoch++)
      expect(sorted(seen.subarray(epoch * size, (epoch + 1) * size))).toEqual(rowsOf(size));
  });

  it('orders each epoch anew', () => {
    const order = new MinibatchOrder(rowsOf(50), 50, 1);
    expect(order.listIndices(0, 1)).not.toEqual(order.listIndices(1, 1));
    expect(order.listIndices(0, 1)).not.toEqual(new MinibatchOrder(rowsOf(50), 50, 2).listIndices(0, 1));
  });

  it('answers for any step in any order alike', () => {
    const [size, minibatchSize, steps] = [10, 4, 12];
    const whole = new MinibatchOrder(rowsOf(size), minibatchSize, 9).listIndices(0, steps);
    const asked = new MinibatchOrder(rowsOf(size), minibatchSize, 9);
    for (const step of [11, 0, 5, 4, 10, 1, 5, 2]) {
      const expected = whole.subarray(step * minibatchSize, (step + 1) * minibatchSize);
      expect(asked.listIndices(step, 1)).toEqual(expected);
    }
  });
});
