import { describe, expect, it } from 'vitest';
import { drawPoisson } from '../../../src/model/random/poisson.ts';

const EVEN = Array.from({ length: 20_000 }, (_, i) => (i + 0.5) / 20_000);

/** log k! by its definition. */
const logFactorial = (k: number) =>
  Array.from({ length: k }, (_, i) => Math.log(i + 1)).reduce((sum, term) => sum + term, 0);

describe('a Poisson draw', () => {
  it.each([0.01, 0.7, 1, 3.2, 31.5, 40])('of rate %d has its probabilities', (rate) => {
    const shares = new Map<number, number>();
    for (const u of EVEN) {
      const value = drawPoisson(rate, u);
      shares.set(value, (shares.get(value) ?? 0) + 1 / EVEN.length);
    }
    for (let k = 0; k < rate + 8 * Math.sqrt(rate) + 5; k++) {
      const probability = Math.exp(k * Math.log(rate) - rate - logFactorial(k));
      expect(shares.get(k) ?? 0, `of ${k}`).toBeCloseTo(probability, 3);
    }
  });

  it('of a large rate has its mean and variance', () => {
    const draws = EVEN.slice(0, 20_000).map((u) => drawPoisson(123_456.7, u));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(draws.every(Number.isInteger)).toBe(true);
    expect(mean / 123_456.7).toBeCloseTo(1, 4);
    expect(variance / 123_456.7).toBeCloseTo(1, 2);
  });

  it('ends whatever the rate and the number', () => {
    for (const rate of [1e-30, 1e-3, 5, 1e7]) {
      for (const u of [1e-9, 1 - 1e-9, 1 - Number.EPSILON / 2]) {
        expect(Number.isInteger(drawPoisson(rate, u))).toBe(true);
      }
    }
    expect([drawPoisson(0, 0.5), drawPoisson(Infinity, 0.5), drawPoisson(NaN, 0.5)]).toEqual([
      0,
      Infinity,
      NaN,
    ]);
  });
});
