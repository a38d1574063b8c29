import { describe, expect, it } from 'vitest';
import { elementStatistics } from '../../../src/model/training/row-source.ts';
import { memoryRows, rowNumbers } from '../../support/memory-rows.ts';
import { at, meanOf, normals } from '../../support/numbers.ts';

describe('elementStatistics', () => {
  it('is the mean and the variance of each element, of the given rows alone', async () => {
    const source = memoryRows(Uint8Array.of(0, 10, 4, 20, 255, 255, 8, 30), 2, 0.5);
    const { mean, variance } = await elementStatistics(source, Uint32Array.of(0, 1, 3), 2);
    expect(Array.from(mean)).toEqual([2, 10]);
    expect(at(variance, 0)).toBeCloseTo((4 + 0 + 4) / 3, 12);
    expect(at(variance, 1)).toBeCloseTo((25 + 0 + 25) / 3, 12);
  });

  it('does not depend on how many rows are read at once', async () => {
    const [count, dataSize] = [777, 3];
    const data = normals(1, count * dataSize);
    const { mean, variance } = await elementStatistics(
      memoryRows(data, dataSize),
      rowNumbers(count),
      dataSize,
    );
    for (let element = 0; element < dataSize; element++) {
      const column = data.filter((_, i) => i % dataSize === element);
      expect(at(mean, element)).toBeCloseTo(meanOf(column), 10);
      const squares = Array.from(column, (value) => (value - meanOf(column)) ** 2);
      expect(at(variance, element)).toBeCloseTo(meanOf(squares), 10);
    }
  });
});
