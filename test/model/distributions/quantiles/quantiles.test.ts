import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../../src/model/distributions/quantiles/normal.ts';
import { priorQuantile } from '../../../../src/model/distributions/latent.ts';
import {
  isIndependent,
  PRIOR_FAMILIES,
  Prior,
  type PriorSpec,
} from '../../../../src/model/specification/latent.ts';
import { compileCheck } from '../../../../src/validation.ts';
import golden from '../golden/quantiles.json' with { type: 'json' };

const check = compileCheck(Prior, 'The prior');

function quantileOf(prior: PriorSpec) {
  if (!isIndependent(prior)) throw new Error('a Dirichlet has none');
  return priorQuantile(prior);
}

/** The largest error relative to the expected value, or to `unit` where that is larger. */
function error(found: readonly number[], expected: readonly number[], unit = 0): number {
  const errors = expected.map((value, i) => {
    const difference = Math.abs((found[i] ?? NaN) - value);
    return difference === 0 ? 0 : difference / Math.max(unit, Math.abs(value));
  });
  return errors.reduce((largest, one) => (one <= largest ? largest : one), 0);
}

describe('the normal quantile', () => {
  const { probabilities, quantiles } = golden.normal;

  it('is that of SciPy to the last digits, far into the tails', () => {
    expect(error(probabilities.map(normalQuantile), quantiles, 1e-16)).toBeLessThan(2e-15);
  });
});

describe('the quantiles of priors', () => {
  const cases = golden.priors.map(
    ({ prior, quantiles }) => [JSON.stringify(prior), prior, quantiles] as const,
  );

  it.each(cases)('of %s are those of SciPy', (_, prior, quantiles) => {
    const quantile = quantileOf(check(prior));
    // Zero, a median, is a rounding error away from zero.
    expect(error(golden.probabilities.map(quantile), quantiles, 1e-6)).toBeLessThan(1e-9);
  });

  it('are there for every prior with independent dimensions', () => {
    const known = new Set(golden.priors.map(({ prior }) => prior.family));
    expect([...known, 'dirichlet'].toSorted()).toEqual(PRIOR_FAMILIES.toSorted());
  });

  it.each(PRIOR_FAMILIES.filter((family) => family !== 'dirichlet'))(
    'of %s rise at the ends of its parameters',
    (family) => {
      for (const extreme of ['minimum', 'maximum'] as const) {
        const quantile = quantileOf(extremePrior(family, extreme));
        const values = [0.01, 0.3, 0.5, 0.7, 0.99].map(quantile);
        expect(values).toEqual(values.toSorted((a, b) => a - b));
        expect(values.some(Number.isNaN)).toBe(false);
      }
    },
  );
});

/** With every parameter at that end of what is allowed. */
function extremePrior(family: string, extreme: 'minimum' | 'maximum'): PriorSpec {
  const variants = (Prior as unknown as { oneOf: Variant[] }).oneOf;
  const properties = variants.find(({ title }) => title === family)?.properties ?? {};
  const entries = Object.entries(properties).filter(([name]) => name !== 'family');
  const numbers = entries.map(([name, schema]) => [name, schema[extreme] ?? 2.001] as const);
  return check({ family, ...Object.fromEntries(numbers) });
}

interface Variant {
  readonly title: string;
  readonly properties: Readonly<Record<string, { minimum?: number; maximum?: number }>>;
}
