import { describe, expect, it } from 'vitest';
import { dot, findEigenpairs, findLargestEigenpairs } from '../../../src/model/evaluation/eigen.ts';
import { fitProbabilisticPca } from '../../../src/model/evaluation/probabilistic-pca.ts';
import { symmetricEigenvalues } from '../../support/jacobi.ts';
import { gaussianLogProb, range } from '../../support/linear-gaussian.ts';
import { at, normals } from '../../support/numbers.ts';

const between = async () => undefined;

/** X^T X / rows of normal numbers whose columns shrink. */
function covariance(size: number, seed: number): Float64Array[] {
  const rows = 3 * size;
  const x = normals(seed, rows * size).map((value, i) => value / (1 + (i % size)));
  return range(size).map((i) =>
    Float64Array.from({ length: size }, (_, j) =>
      range(rows).reduce((sum, row) => sum + (at(x, row * size + i) * at(x, row * size + j)) / rows, 0),
    ),
  );
}

describe('eigenvalues', () => {
  it.each([1, 2, 5, 12])('of matrices of size %i come with their vectors, falling', (size) => {
    const matrix = covariance(size, size);
    const { values, vectors } = findEigenpairs(matrix);
    const expected = symmetricEigenvalues(matrix.map((row) => Array.from(row)));
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(at(expected, k), 10);
      const vector = vectors[k] ?? new Float64Array();
      expect(dot(vector, vector)).toBeCloseTo(1, 10);
      matrix.forEach((row, i) => {
        expect(dot(row, vector)).toBeCloseTo(value * at(vector, i), 9);
      });
    });
  });

  it('that are largest are found without the others', async () => {
    const matrix = covariance(60, 3);
    const { values, vectors } = await findLargestEigenpairs(matrix, 4, between);
    const expected = symmetricEigenvalues(matrix.map((row) => Array.from(row)));
    expect(values).toHaveLength(4);
    values.forEach((value, k) => {
      expect(value / at(expected, k)).toBeCloseTo(1, 6);
    });
    expect(dot(vectors[0] ?? new Float64Array(), vectors[1] ?? new Float64Array())).toBeCloseTo(0, 8);
  });

  it('are found where many are equal, or zero', async () => {
    const flat = range(30).map((i) => new Float64Array(30).fill(2, i, i + 1));
    for (const value of (await findLargestEigenpairs(flat, 3, between)).values)
      expect(value).toBeCloseTo(2, 10);
    const one = range(30).map(() => new Float64Array(30).fill(1));
    const { values } = await findLargestEigenpairs(one, 2, between);
    expect(values[0]).toBeCloseTo(30, 8);
    expect(values[1]).toBeCloseTo(0, 8);
  });
});

describe('probabilistic PCA', () => {
  it('is the Gaussian whose covariance keeps the first axes and evens out the others', async () => {
    const matrix = covariance(5, 8);
    const mean = Float64Array.from(normals(9, 5));
    const fitted = await fitProbabilisticPca(mean, matrix, 2, between);
    const { values, vectors } = findEigenpairs(matrix);
    const noise = (at(values, 2) + at(values, 3) + at(values, 4)) / 3;
    const model = range(5).map((i) =>
      range(5).map((j) => {
        const kept = [0, 1].map(
          (k) => (at(values, k) - noise) * at(vectors[k] ?? [], i) * at(vectors[k] ?? [], j),
        );
        return kept.reduce((a, b) => a + b, i === j ? noise : 0);
      }),
    );
    const x = Float64Array.from(normals(10, 5));
    const exact = gaussianLogProb(
      model,
      Array.from(x, (value, i) => value - at(mean, i)),
    );
    expect(fitted?.logProb(x)).toBeCloseTo(exact, 8);
  });

  it('does not exist where nothing is left over', async () => {
    const plane = range(4).map((i) => new Float64Array(4).fill(i < 2 ? 1 : 0, i, i + 1));
    expect(await fitProbabilisticPca(new Float64Array(4), plane, 2, between)).toBeNull();
  });
});
