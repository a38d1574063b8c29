import { describe, expect, it } from 'vitest';
import {
  cauchyCumulative,
  negativeBinomialCumulative,
  normalCumulative,
  poissonCumulative,
  studentTCumulative,
} from '../../../../src/model/distributions/quantiles/cumulative.ts';
import { normalQuantile } from '../../../../src/model/distributions/quantiles/normal.ts';

describe('distribution functions', () => {
  it('invert the quantile of the standard normal', () => {
    for (const p of [1e-300, 1e-12, 0.001, 0.2, 0.5, 0.7, 0.999]) {
      expect(normalCumulative(normalQuantile(p)) / p).toBeCloseTo(1, 7);
    }
    expect([normalCumulative(-1e9), normalCumulative(1e9)]).toEqual([0, 1]);
  });

  /** scipy.stats: t.cdf, cauchy.cdf, poisson.cdf, nbinom.cdf(k, n, n / (n + m)). */
  it.each([
    ['Student t, v = 5', studentTCumulative(5, 1.7), 0.9250616],
    ['Student t, v = 2', studentTCumulative(2, -30), 0.0005546],
    ['Cauchy', cauchyCumulative(3), 0.8975836],
    ['Poisson', poissonCumulative(4.2, 3), 0.3954034],
    ['Poisson below 0', poissonCumulative(4.2, -1), 0],
    ['negative binomial', negativeBinomialCumulative(6, 2.5, 4), 0.4453583],
  ])('have the values of SciPy: %s', (_, found, expected) => {
    expect(found).toBeCloseTo(expected, 6);
  });
});
