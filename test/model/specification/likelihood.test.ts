import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import {
  Binarization,
  BINARIZATIONS,
  likelihoodProblems,
  likelihoodSizes,
  valueDomain,
  type LikelihoodSpec,
} from '../../../src/model/specification.ts';
import { compileCheck } from '../../../src/validation.ts';
import { modelSpec } from '../../support/specifications.ts';

const filled = (likelihood: object): LikelihoodSpec => modelSpec({ likelihood }).likelihood;
const mixed = (...columns: object[]) => ({ family: 'mixed', columns });

function problemOf(likelihood: object) {
  try {
    filled(likelihood);
  } catch (error) {
    if (error instanceof AppError) return error.problems[0];
    throw error;
  }
  return null;
}

describe('a likelihood', () => {
  it.each([
    { given: { family: 'continuous_bernoulli' } },
    { given: { family: 'poisson' } },
    { given: { family: 'categorical', groups: [3, 2] } },
    { given: { family: 'gaussian', mean: 'free', variance: 'fixed', standard_deviation: 0.1 } },
  ])('is taken as it is: $given', ({ given }) => {
    expect(filled(given)).toEqual(given);
  });

  it('of real columns is standardised by default', () => {
    const column = (family: string) => ({ name: family, likelihood: { family } });
    const spec = filled(mixed(column('gaussian'), column('log_normal'), column('bernoulli')));
    const real = { standardise: 'per_element', minimum_standard_deviation: 0.01 };
    expect(spec).toEqual(
      mixed(
        { name: 'gaussian', likelihood: { family: 'gaussian', ...real }, missing: false },
        { name: 'log_normal', likelihood: { family: 'log_normal', ...real }, missing: false },
        { name: 'bernoulli', likelihood: { family: 'bernoulli' }, missing: false },
      ),
    );
  });

  it.each([
    [{ family: 'categorical' }, '/likelihood/groups', /required/],
    [{ family: 'categorical', groups: [] }, '/likelihood/groups', /fewer than 1/],
    [{ family: 'categorical', groups: [2, 0] }, '/likelihood/groups/1', />= 1/],
    [{ family: 'mixed' }, '/likelihood/columns', /required/],
    [mixed({ name: 'a' }), '/likelihood/columns/0/likelihood', /required/],
    [mixed({ name: 'a', likelihood: {} }), '/likelihood/columns/0/likelihood/family', /required/],
    [
      mixed({ name: 'a', likelihood: { family: 'mixed' } }),
      '/likelihood/columns/0/likelihood/family',
      /one of/,
    ],
    [
      mixed({ name: 'a', likelihood: { family: 'categorical' } }),
      '/likelihood/columns/0/likelihood/categories',
      /required/,
    ],
    [
      mixed({ name: 'a', likelihood: { family: 'poisson', standardise: 'none' } }),
      '/likelihood/columns/0/likelihood/standardise',
      /unknown field; allowed: family/,
    ],
    [{ family: 'gaussian', transform: { shift: [0], scale: [0] } }, '/likelihood/transform/scale/0', /> 0/],
    [{ family: 'gaussian', outliers: {} }, '/likelihood/outliers', /unknown field/],
    [
      mixed({ name: 'a', likelihood: { family: 'gaussian', other: {} } }),
      '/likelihood/columns/0/likelihood/other',
      /unknown field/,
    ],
    [
      mixed({ name: 'a', likelihood: { family: 'categorical', categories: 2, outliers: {} } }),
      '/likelihood/columns/0/likelihood/outliers',
      /unknown field/,
    ],
    [
      mixed({ name: 'a', likelihood: { family: 'poisson', outliers: { location: 2 } } }),
      '/likelihood/columns/0/likelihood/outliers/location',
      /unknown field; allowed: share, scale/,
    ],
    [
      mixed({ name: 'a', likelihood: { family: 'bernoulli', other: { share: 0 } } }),
      '/likelihood/columns/0/likelihood/other/share',
      /> 0/,
    ],
    [
      { family: 'gaussian', variance: 'fixed', standard_deviation: 0 },
      '/likelihood/standard_deviation',
      /> 0/,
    ],
  ])('is refused with the field: %j', (likelihood, pointer, detail) => {
    expect(problemOf(likelihood)).toEqual({ pointer, detail: expect.stringMatching(detail) as string });
  });
});

describe('likelihoodProblems', () => {
  const transform = { shift: [0, 0], scale: [1, 1] };
  const column = (name: string) => ({ name, likelihood: { family: 'bernoulli' } });
  const ranged = (family: string, minimum: number, maximum: number) => ({
    name: 'a',
    likelihood: { family },
    range: { minimum, maximum },
  });

  it.each([
    [{ family: 'categorical', groups: [3, 2] }, 6, ['/groups']],
    [{ family: 'categorical', groups: [3, 2] }, 5, []],
    [mixed(column('a'), column('b')), 3, ['/columns']],
    [mixed(column('a'), column('b'), column('a')), 3, ['/columns/2/name']],
    [mixed(ranged('bernoulli', 0, 1)), 1, ['/columns/0/range']],
    [mixed(ranged('gaussian', 1, 0)), 1, ['/columns/0/range']],
    [mixed(ranged('gaussian', 0, 0.5)), 1, []],
    [mixed(ranged('poisson', 0, 0.5)), 1, ['/columns/0/range']],
    [mixed(ranged('poisson', 0, 5)), 1, []],
    [{ family: 'gaussian', transform }, 3, ['/transform/shift', '/transform/scale']],
    [{ family: 'gaussian', transform }, 2, []],
    [{ family: 'gaussian', mean: 'unit_interval', standardise: 'per_element' }, 2, ['/mean']],
    [{ family: 'gaussian', mean: 'unit_interval', transform }, 2, ['/mean']],
    [{ family: 'gaussian', standard_deviation: 2 }, 2, ['/standard_deviation']],
    [{ family: 'gaussian', variance: 'fixed' }, 2, []],
    [{ family: 'bernoulli' }, 2, []],
  ])('of %j for rows of %i are at %j', (likelihood, dataSize, pointers) => {
    expect(likelihoodProblems(filled(likelihood), dataSize).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('valueDomain', () => {
  it.each([
    [{ family: 'bernoulli' }, { low: 0, high: 1, integer: false }],
    [{ family: 'continuous_bernoulli' }, { low: 0, high: 1, integer: false }],
    [
      { family: 'gaussian', mean: 'unit_interval' },
      { low: 0, high: 1, integer: false },
    ],
    [{ family: 'poisson' }, { low: 0, high: 2 ** 24, integer: true }],
    [
      { family: 'categorical', groups: [2] },
      { low: 0, high: 1, integer: true },
    ],
  ])('of %j is %j', (likelihood, domain) => {
    expect(valueDomain(filled(likelihood))).toMatchObject({ ...domain, missing: false });
  });

  it('of a Gaussian is every float32', () => {
    const { low, high } = valueDomain(filled({ family: 'gaussian' }));
    expect([Math.fround(low), Math.fround(high)]).toEqual([low, high]);
  });

  it.each([
    [
      { family: 'bernoulli', other: {} },
      { low: -1, high: 1, integer: true, allowed: '0 or 1, or -1 for any other' },
    ],
    [
      { family: 'categorical', categories: 3, other: {} },
      { low: -1, high: 2, integer: true },
    ],
    [
      { family: 'negative_binomial', other: {} },
      { low: -1, high: 2 ** 24, integer: true },
    ],
    [
      { family: 'poisson', outliers: {} },
      { low: 0, high: 3.4028234663852886e38, integer: true },
    ],
    [
      { family: 'log_normal', outliers: {} },
      { low: -3.4028234663852886e38, integer: false },
    ],
    [
      { family: 'student_t', outliers: {} },
      { high: 3.4028234663852886e38, integer: false },
    ],
  ])('of a robust column, %j, is %j', (given, domain) => {
    expect(valueDomain(filled(mixed({ name: 'a', likelihood: given })))).toMatchObject(domain);
  });

  it('of a table is each column for itself', () => {
    const spec = filled(
      mixed(
        { name: 'a', likelihood: { family: 'categorical', categories: 4 }, missing: true },
        { name: 'b', likelihood: { family: 'log_normal' } },
      ),
    );
    expect(valueDomain(spec, 0)).toEqual({
      low: 0,
      high: 3,
      integer: true,
      missing: true,
      allowed: 'a code from 0 to 3',
    });
    expect(valueDomain(spec, 1)).toMatchObject({
      integer: false,
      missing: false,
      allowed: 'a number above 0',
    });
    expect(() => valueDomain(spec, 2)).toThrow('no column 2 of 2');
  });
});

describe('likelihoodSizes', () => {
  // Held against the families themselves in distributions/likelihoods/golden.test.ts.
  it('of a table widen the encoder by categories and by what may be missing', () => {
    const spec = filled(
      mixed(
        { name: 'a', likelihood: { family: 'categorical', categories: 4 }, missing: true },
        { name: 'b', likelihood: { family: 'gaussian' }, missing: true },
        { name: 'c', likelihood: { family: 'poisson' } },
      ),
    );
    expect(likelihoodSizes(spec, 3)).toEqual({ input: 4 + 1 + 1 + 2, output: 4 + 2 + 1, extraShapes: {} });
  });
});

describe('binarization', () => {
  it('is none by default, and one of a few names', () => {
    expect(Binarization).toMatchObject({ default: 'none', enum: [...BINARIZATIONS] });
    expect(compileCheck(Binarization, 'the binarization')('static')).toBe('static');
  });
});
