import { expect, test } from 'vitest';
import { computeAgreement } from '../../../src/cli/reproduce/marginal.ts';
import type { Evaluated } from '../../../src/cli/reproduce/jobs.ts';

type Report = Evaluated['report'];

const estimate = (method: string, mean: number, rows: number, draws: number): object => ({
  method,
  samples: 50,
  mean,
  standard_error: rows,
  monte_carlo_standard_error: draws,
});
const reportOf = (...estimates: object[]): Report =>
  ({ outcome: 'succeeded', log_marginal_likelihood: estimates }) as unknown as Report;

test('two estimates agree where they differ by less than their standard errors over rows', () => {
  const exact = estimate('fitted_importance_sampling', -100, 4, 0.4);
  const near = computeAgreement(reportOf(estimate('posterior_density', -95.5, 3, 0.3), exact));
  expect(near).toMatchObject({ difference: 4.5, row_error: 5, agree: true });
  expect(near.draw_error).toBeCloseTo(0.5);
  expect(computeAgreement(reportOf(estimate('posterior_density', -94.5, 3, 0.3), exact)).agree).toBe(false);
});

test('an evaluation without one of the estimates is refused', () => {
  expect(() => computeAgreement(reportOf(estimate('posterior_density', -95, 3, 0.3)))).toThrow(
    /estimate of log p\(x\) is missing/,
  );
  expect(() => computeAgreement(reportOf())).toThrow(/estimate of log p\(x\) is missing/);
});
