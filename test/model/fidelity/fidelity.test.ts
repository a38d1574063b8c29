import { describe, expect, it } from 'vitest';
import { computeAuc, computeAucError } from '../../../src/model/fidelity/auc.ts';
import { listFrequentCodes, hideMissing, type Compared } from '../../../src/model/fidelity/compared.ts';
import { findLargestDifference } from '../../../src/model/fidelity/correlations.ts';
import { computeMoments } from '../../../src/model/fidelity/moments-of-values.ts';
import { rankValues } from '../../../src/model/fidelity/ranking.ts';
import { tellApart } from '../../../src/model/fidelity/tell-apart.ts';
import { deriveKey, fillNormal, fillUniform } from '../../../src/model/random/streams.ts';

const ROWS = 2000;

function draw(index: number, size: number): Float32Array {
  const values = new Float32Array(size);
  fillNormal(deriveKey(1, 'inference', index), values);
  return values;
}

function compare(data: Float32Array, samples: Float32Array, isCode = [false, false]): Compared {
  return { rows: data.length / isCode.length, features: isCode.length, isCode, data, samples };
}

/** Standard Gaussian pairs. */
const pairs = (index: number): Float32Array => draw(index, 2 * ROWS);
const correlated = (index: number, r: number): Float32Array => {
  const values = pairs(index);
  for (let i = 0; i < values.length; i += 2)
    values[i + 1] = r * (values[i] ?? 0) + Math.sqrt(1 - r * r) * (values[i + 1] ?? 0);
  return values;
};

/** Trees find most of what there is to find. */
function expectAuc(compared: Compared, exact: number): void {
  const { value, standardError } = tellApart(compared);
  expect(value - exact).toBeLessThan(4 * standardError);
  expect(value - exact).toBeGreaterThan(-0.025 - 2 * standardError);
  expect(standardError).toBeLessThan(0.02);
}

describe('how well samples are told from data', () => {
  it('is not at all if they come from one distribution', () => {
    expectAuc(compare(pairs(0), pairs(1)), 0.5);
  });

  it('is as the overlap of two Gaussians says: shifted', () => {
    // P(x > y) of N(0, 1) and N(1, 1) is Phi(1 / sqrt 2).
    const shifted = pairs(1).map((value, i) => (i % 2 ? value : value - 1));
    expectAuc(compare(pairs(0), shifted), 0.76025);
  });

  it('is as the overlap of two Gaussians says: wider, which takes squares', () => {
    // P(|x| < |y|) of N(0, 1) and N(0, 2^2) is 2 / pi * atan 2.
    const wider = pairs(1).map((value, i) => (i % 2 ? value : 2 * value));
    expectAuc(compare(pairs(0), wider), (2 / Math.PI) * Math.atan(2));
  });

  it('takes products: the same margins with another correlation', () => {
    // x y and -x y: the likelihood ratio of correlations r and -r depends on the product alone.
    const [one, other] = [correlated(2, 0.6), correlated(3, -0.6)].map((values) =>
      Array.from({ length: ROWS }, (_, i) => (values[2 * i] ?? 0) * (values[2 * i + 1] ?? 0)),
    );
    expectAuc(compare(correlated(0, 0.6), correlated(1, -0.6)), computeAuc(one ?? [], other ?? []));
  });

  it('sees words, and does not see what is missing in both', () => {
    const uniform = new Float32Array(2 * ROWS);
    fillUniform(deriveKey(2, 'inference', 0), uniform);
    const data = uniform.subarray(0, ROWS).map((value) => Number(value < 0.3));
    const samples = uniform.subarray(ROWS).map((value) => Number(value < 0.6));
    // 0.3 of one and 0.6 of the other are ones: P(a < b) + P(a = b) / 2.
    expectAuc(compare(data, samples, [true]), 0.65);
    const gaps = pairs(0).map((value, i) => (i % 3 === 0 ? NaN : value));
    expectAuc(compare(gaps, hideMissing(gaps, pairs(1))), 0.5);
  });

  it('does not depend on tails or units', () => {
    const stretch = (values: Float32Array) => values.map((value) => Math.exp(3 * value));
    const plain = tellApart(compare(pairs(0), pairs(1)));
    expect(tellApart(compare(stretch(pairs(0)), stretch(pairs(1)))).value).toBeCloseTo(plain.value, 10);
  });
});

describe('the area under the ROC curve', () => {
  it('counts pairs, and half of each tie', () => {
    expect(computeAuc([3, 4], [1, 2])).toBe(1);
    expect(computeAuc([1, 2, 2], [2, 3])).toBeCloseTo((0 + 0 + 0.5 + 0.5) / 6, 12);
    expect([...rankValues(Float64Array.of(5, 1, 5, 2))]).toEqual([3.5, 1, 3.5, 2]);
  });

  it('has the error of a rank sum if nothing can be told apart', () => {
    // Var U = n m (n + m + 1) / 12.
    expect(computeAucError(0.5, 50, 80)).toBeCloseTo(Math.sqrt(131 / (12 * 50 * 80)), 12);
  });
});

describe('the correlation that differs most', () => {
  it('is found among numbers', () => {
    const found = findLargestDifference(compare(correlated(0, 0.8), pairs(1)));
    expect(found?.features).toEqual([0, 1]);
    expect(found?.data).toBeCloseTo(0.8, 1);
    expect(found?.samples).toBeCloseTo(0, 1);
    expect(findLargestDifference(compare(pairs(0), pairs(1), [true, false]))).toBeNull();
  });
});

describe('moments', () => {
  it('have the errors of a Gaussian for a Gaussian', () => {
    const { mean, meanError, deviation, deviationError } = computeMoments([...draw(5, 4000)]);
    expect(Math.abs(mean)).toBeLessThan(4 * meanError);
    expect(Math.abs(deviation - 1)).toBeLessThan(4 * deviationError);
    expect(meanError).toBeCloseTo(1 / Math.sqrt(4000), 3);
    expect(deviationError).toBeCloseTo(1 / Math.sqrt(8000), 3);
  });

  it('count codes, the most frequent ones of the data first', () => {
    const compared = compare(Float32Array.of(2, 2, 1, NaN), Float32Array.of(3, 2, 3, 3), [true]);
    expect(listFrequentCodes(compared, 0, 10)).toEqual([2, 1, 3]);
  });
});
