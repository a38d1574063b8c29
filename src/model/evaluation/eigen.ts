import { EigenvalueDecomposition, Matrix as Dense, QrDecomposition } from 'ml-matrix';

/** A symmetric matrix as rows of float64. */
export type Float64Matrix = readonly Float64Array[];

export interface EigenPairs {
  /** Descending. */
  readonly values: Float64Array;
  /** One unit vector for each value. */
  readonly vectors: Float64Matrix;
}

/** All eigenvalues and eigenvectors of a small symmetric matrix. */
export function findEigenpairs(symmetric: Float64Matrix): EigenPairs {
  const { values, vectors } = decompose(toDense(symmetric));
  return { values, vectors: toRows(vectors.transpose()) };
}

/** Additional vectors, with which the iteration converges faster. */
const EXTRA = 10;
const ITERATIONS = 300;
const TOLERANCE = 1e-9;

/**
 * The largest `count` eigenvalues of a positive semidefinite matrix and their vectors, by subspace iteration with
 * Rayleigh-Ritz values. Calls `between` after each iteration. Values that are too close together to converge are
 * returned anyway: their vectors span almost the best subspace.
 */
export async function findLargestEigenpairs(
  matrix: Float64Matrix,
  count: number,
  between: () => Promise<void>,
): Promise<EigenPairs> {
  const size = Math.min(matrix.length, count + EXTRA);
  let basis = orthonormalize(createStart(matrix.length, size));
  let values = new Float64Array(size);
  for (let i = 1; ; i++) {
    const images = multiply(matrix, basis);
    const ritz = decompose(basis.transpose().mmul(images));
    const before = values;
    values = ritz.values;
    if (size === matrix.length || i === ITERATIONS || hasConverged(before, values, count)) {
      const vectors = basis.mmul(ritz.vectors.subMatrix(0, size - 1, 0, count - 1));
      return { values: values.subarray(0, count), vectors: toRows(vectors.transpose()) };
    }
    basis = orthonormalize(images.mmul(ritz.vectors));
    await between();
  }
}

/** Four times faster than `mmul` for large matrices. */
function multiply(matrix: Float64Matrix, columns: Dense): Dense {
  const vectors = toRows(columns.transpose());
  return new Dense(matrix.map((row) => vectors.map((vector) => dot(row, vector))));
}

function hasConverged(before: Float64Array, after: Float64Array, count: number): boolean {
  const scale = Math.max(after[0] ?? 0, Number.MIN_VALUE);
  return after
    .subarray(0, count)
    .every((value, k) => Math.abs((before[k] ?? 0) - value) <= TOLERANCE * scale);
}

/** Eigenvalues in descending order, vectors as columns. */
function decompose(symmetric: Dense): { values: Float64Array<ArrayBuffer>; vectors: Dense } {
  const pairs = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = pairs.realEigenvalues.map((_, i) => i);
  order.sort((i, j) => (pairs.realEigenvalues[j] ?? 0) - (pairs.realEigenvalues[i] ?? 0));
  return {
    values: Float64Array.from(order, (i) => pairs.realEigenvalues[i] ?? 0),
    vectors: pairs.eigenvectorMatrix.subMatrixColumn(order),
  };
}

/** An orthonormal basis of the columns. Householder's method completes it if their rank is lower. */
function orthonormalize(columns: Dense): Dense {
  return new QrDecomposition(columns).orthogonalMatrix;
}

/** Fixed columns that differ and are unlikely to be orthogonal to an eigenvector. */
function createStart(rows: number, columns: number): Dense {
  const start = new Dense(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++)
      start.set(i, k, Math.cos((k + 1) * (i + 0.5)) + (i % (k + 2) === 0 ? 1 : 0));
  }
  return start;
}

const toDense = (rows: Float64Matrix): Dense => new Dense(rows.map((row) => Array.from(row)));
const toRows = (matrix: Dense): Float64Array[] => matrix.to2DArray().map((row) => Float64Array.from(row));

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
