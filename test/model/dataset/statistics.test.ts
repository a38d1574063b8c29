import { describe, expect, it } from 'vitest';
import { gatherStatistics } from '../../../src/model/dataset/statistics.ts';
import { modelSpec } from '../../support/specifications.ts';
import { at } from '../../support/numbers.ts';

const mixed = modelSpec({
  likelihood: {
    family: 'mixed',
    columns: [
      { name: 'length', likelihood: { family: 'gaussian' } },
      { name: 'colour', likelihood: { family: 'categorical', categories: 3 } },
      { name: 'income', likelihood: { family: 'log_normal' } },
    ],
  },
}).likelihood;

describe('statistics', () => {
  it('are the mean and the variance of each element, after the scale', () => {
    const gathering = gatherStatistics(2);
    gathering.add(Uint8Array.of(10, 0, 20, 0), 0.5);
    gathering.add(Uint8Array.of(60, 0), 0.5);
    const { mean, variance, missing } = gathering.result();
    expect(Array.from(mean)).toEqual([15, 0]);
    expect(at(variance, 0)).toBeCloseTo(350 / 3, 10);
    expect(at(variance, 1)).toBe(0);
    expect(Array.from(missing ?? [])).toEqual([0, 0]);
  });

  it('are exact where large values lie close together', () => {
    const gathering = gatherStatistics(1);
    for (const value of [1e9 + 1, 1e9 + 2, 1e9 + 3]) gathering.add([value]);
    const { mean, variance } = gathering.result();
    expect(at(mean, 0)).toBe(1e9 + 2);
    expect(at(variance, 0)).toBeCloseTo(2 / 3, 12);
  });

  it('of a mixed likelihood know the codes, the logarithms and what is missing', () => {
    const gathering = gatherStatistics(3, mixed);
    gathering.add([1, 0, Math.E, NaN, 2, 1]);
    gathering.add([3, 2, NaN, NaN, NaN, Math.E ** 2]);
    const { mean, frequencies, logMean, logVariance, missing } = gathering.result();
    expect(at(mean, 0)).toBe(2);
    expect(frequencies?.map((shares) => shares && Array.from(shares))).toEqual([
      undefined,
      [1 / 3, 0, 2 / 3],
      undefined,
    ]);
    expect(at(logMean ?? [], 2)).toBeCloseTo(1, 12);
    expect(at(logVariance ?? [], 2)).toBeCloseTo(2 / 3, 12);
    expect(Array.from(missing ?? [])).toEqual([0.5, 0.25, 0.25]);
  });

  it('of a column without any value are those of a zero', () => {
    const gathering = gatherStatistics(3, mixed);
    gathering.add([NaN, NaN, NaN]);
    const { mean, variance, frequencies, logMean } = gathering.result();
    expect([at(mean, 0), at(variance, 0), at(logMean ?? [], 2)]).toEqual([0, 0, 0]);
    expect(Array.from(frequencies?.[1] ?? [])).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });
});
