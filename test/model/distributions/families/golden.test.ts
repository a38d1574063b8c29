import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays, Runtime, TensorFunction } from '../../../../src/model/runtime/runtime.ts';
import { FAMILY_NAMES } from '../../../../src/model/specification/families/families.ts';
import { latentSizeProblem } from '../../../../src/model/specification/latent.ts';
import { inDouble, inFloat } from '../../../support/evaluate.ts';
import {
  distributionOf,
  FAMILY_CASES,
  familyOf,
  LABELLED_CASES,
  type FamilyCase,
} from '../../../support/family-cases.ts';
import { at } from '../../../support/numbers.ts';
import { array, tensor } from '../../../support/tiny-model.ts';

let runtime: Runtime;
beforeAll(() => {
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
});
afterAll(() => runtime.dispose());

const describeCase =
  (given: FamilyCase): TensorFunction =>
  (inputs) => {
    const distribution = distributionOf(given, inputs);
    return {
      logProb: distribution.logProb(tensor(inputs, 'z')),
      mean: distribution.mean(),
      standardDeviation: distribution.standardDeviation(),
      center: distribution.center(),
    };
  };

function inputsOf({ parameters, z, size }: FamilyCase): FloatArrays {
  return { ...parameters, z: { shape: [z.length, size], data: Float32Array.from(z.flat()) } };
}

/** The largest difference, relative to 1 + |expected|; null expects `missing`. */
function difference(found: ArrayLike<number>, expected: readonly (number | null)[], missing: number): number {
  expect(found.length).toBe(expected.length);
  const errors = expected.map((value, i) => {
    if (value === null) return Object.is(at(found, i), missing) ? 0 : Infinity;
    return Math.abs(at(found, i) - value) / (1 + Math.abs(value));
  });
  return errors.reduce((a, b) => (b <= a ? a : b), 0);
}

describe.each(LABELLED_CASES)('%s', (_, given) => {
  const check = (
    found: Readonly<Record<string, { readonly data: ArrayLike<number> }>>,
    tolerance: number,
  ) => {
    expect(difference(array(found, 'logProb').data, given.logProb, -Infinity)).toBeLessThan(tolerance);
    expect(difference(array(found, 'mean').data, given.mean, NaN)).toBeLessThan(tolerance);
    const deviation = array(found, 'standardDeviation').data;
    expect(difference(deviation, given.standardDeviation, NaN)).toBeLessThan(tolerance);
    expect(Array.from(array(found, 'center').data).every(Number.isFinite)).toBe(true);
  };

  // Constants are rounded to single precision in both: graphs hold no others.
  it('has the density and moments that SciPy gives, in double precision', () => {
    check(inDouble(describeCase(given), inputsOf(given)), 3e-6);
  });

  it('has them compiled, in single precision', async () => {
    check(await inFloat(runtime, describeCase(given), inputsOf(given)), 5e-6);
  });
});

describe('the table of families', () => {
  it('has every family in the golden values', () => {
    expect(new Set(FAMILY_CASES.map(({ family }) => family))).toEqual(new Set(FAMILY_NAMES));
  });

  it.each([
    ['erlang', { shape: 1.5 }, 'erlang with shape 1.5; allowed: type integer, minimum 1, maximum 64'],
    ['erlang', { shape: 0 }, 'erlang with shape 0; allowed'],
    ['student_t', { degrees_of_freedom: 0 }, 'student_t with degrees_of_freedom 0; allowed'],
    ['student_t', { degrees_of_freedom: NaN }, 'degrees_of_freedom NaN'],
    ['triangular', { peak: 0 }, 'triangular with peak 0; allowed'],
    ['triangular', { peak: 1 }, 'triangular with peak 1; allowed'],
  ] as const)('refuses %s of %o', (name, hyperparameters, message) => {
    expect(() => familyOf(name, hyperparameters)).toThrow(message);
  });

  it.each([
    ['full_gaussian', 33, 'at most 32 with a full_gaussian posterior'],
    ['dirichlet', 1, 'at least 2 with a dirichlet posterior'],
  ] as const)('refuses %s of size %d', (name, size, message) => {
    expect(latentSizeProblem(name, size)).toBe(message);
  });
});
