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

  it('leave out the outcome other, and estimate its share from it and from what occurs once', () => {
    const robust = modelSpec({
      likelihood: {
        family: 'mixed',
        columns: [
          { name: 'colour', likelihood: { family: 'categorical', categories: 3, other: {} }, missing: true },
          { name: 'visits', likelihood: { family: 'poisson', other: {} } },
          { name: 'length', likelihood: { family: 'gaussian' } },
        ],
      },
    }).likelihood;
    const gathering = gatherStatistics(3, robust);
    gathering.add([0, 4, -1, 0, -1, 1, 2, 8, 3]);
    gathering.add([-1, 0, -1, -1, -1, -1, NaN, 0, 1]);
    const { mean, frequencies, missing, otherShares } = gathering.result();
    expect(at(mean, 1)).toBe(3);
    expect(at(mean, 2)).toBeCloseTo(1 / 3, 12);
    expect(Array.from(frequencies?.[0] ?? [])).toEqual([2 / 3, 0, 1 / 3]);
    expect(Array.from(missing ?? [])).toEqual([expect.closeTo(1 / 6, 12), 0, 0]);
    // Two of five values are other, and the code 2 occurs once; two of six.
    expect(otherShares).toEqual([4 / 7, 3 / 8, undefined]);
  });

  describe('of columns with outliers', () => {
    const robust = (...families: string[]) =>
      modelSpec({
        likelihood: {
          family: 'mixed',
          columns: families.map((family) => ({ name: family, likelihood: { family, outliers: {} } })),
        },
      }).likelihood;
    const gather = (family: string, values: readonly number[]) => {
      const gathering = gatherStatistics(1, robust(family));
      gathering.add(values);
      return gathering.result();
    };
    const spread = Array.from({ length: 201 }, (_, i) => (i - 100) / 10);

    it('are those of all values if none is far away', () => {
      const plain = gatherStatistics(1);
      plain.add(spread);
      const [found, expected] = [gather('gaussian', spread), plain.result()];
      expect(at(found.mean, 0)).toBeCloseTo(at(expected.mean, 0), 6);
      expect(at(found.variance, 0)).toBeCloseTo(at(expected.variance, 0), 5);
    });

    it('are not those of values far away', () => {
      const [found, clean] = [gather('gaussian', [...spread, 1e30, -9999]), gather('gaussian', spread)];
      expect([at(found.mean, 0), at(found.variance, 0)]).toEqual([at(clean.mean, 0), at(clean.variance, 0)]);
    });

    it('are, of logarithms, those of positive values', () => {
      const values = spread.map(Math.exp);
      const { logMean, logVariance } = gather('log_normal', [...values, 0, -5]);
      expect(at(logMean ?? [], 0)).toBeCloseTo(0, 5);
      expect(at(logVariance ?? [], 0)).toBeCloseTo(at(gather('gaussian', spread).variance, 0), 4);
    });

    it('keep all values where most are equal', () => {
      const values = [...Array.from({ length: 90 }, () => 0), ...Array.from({ length: 10 }, () => 5)];
      expect(at(gather('gaussian', values).mean, 0)).toBeCloseTo(0.5, 6);
    });

    it('are close to those of all where there are many', () => {
      const many = Array.from({ length: 50_000 }, (_, i) => Math.sin(i));
      const { mean, variance } = gather('gaussian', many);
      expect(Math.abs(at(mean, 0))).toBeLessThan(0.02);
      expect(Math.abs(at(variance, 0) - 0.5)).toBeLessThan(0.02);
    });

    it('of a column without any value are those of a zero', () => {
      const { mean, variance } = gather('gaussian', [NaN, NaN]);
      expect([at(mean, 0), at(variance, 0)]).toEqual([0, 0]);
    });
  });

  it('of a column without any value are those of a zero', () => {
    const gathering = gatherStatistics(3, mixed);
    gathering.add([NaN, NaN, NaN]);
    const { mean, variance, frequencies, logMean } = gathering.result();
    expect([at(mean, 0), at(variance, 0), at(logMean ?? [], 2)]).toEqual([0, 0, 0]);
    expect(Array.from(frequencies?.[1] ?? [])).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });
});
