/** Symmetric matrices as rows of float64. */
export type Matrix = readonly Float64Array[];

export interface EigenPairs {
  /** Falling. */
  readonly values: Float64Array;
  /** One unit vector for each value. */
  readonly vectors: Matrix;
}

const SWEEPS = 60;

/** All eigenvalues and eigenvectors of a small symmetric matrix: Jacobi's rotations. */
export function jacobi(symmetric: Matrix): EigenPairs {
  const size = symmetric.length;
  const a = symmetric.map((row) => Float64Array.from(row));
  const vectors = a.map((_, i) => new Float64Array(size).fill(0).fill(1, i, i + 1));
  const scale = Math.max(...a.map((row, i) => Math.abs(row[i] ?? 0)), Number.MIN_VALUE);
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a) > 1e-14 * scale; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i));
  return {
    values: Float64Array.from(order, (i) => at(a, i, i)),
    vectors: order.map((i) => vectors[i] ?? new Float64Array(size)),
  };
}

function offDiagonal(a: Matrix): number {
  return Math.max(
    0,
    ...a.flatMap((row, i) => Array.from(row, (value, j) => (i === j ? 0 : Math.abs(value)))),
  );
}

/** Makes a_pq zero: rows and columns p and q turned into each other. */
function rotate(a: Matrix, vectors: Matrix, p: number, q: number): void {
  const apq = at(a, p, q);
  if (apq === 0) return;
  const theta = (at(a, q, q) - at(a, p, p)) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) turn(row, p, q, c, s);
  turnRows(a, p, q, c, s);
  turnRows(vectors, p, q, c, s);
}

function turn(row: Float64Array, p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p] ?? 0, row[q] ?? 0];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

function turnRows(rows: Matrix, p: number, q: number, c: number, s: number): void {
  const [one, other] = [rows[p] ?? new Float64Array(), rows[q] ?? new Float64Array()];
  one.forEach((x, i) => {
    const y = other[i] ?? 0;
    one[i] = c * x - s * y;
    other[i] = s * x + c * y;
  });
}

const EXTRA = 10;
const ITERATIONS = 300;
const TOLERANCE = 1e-9;

/**
 * The largest `count` eigenvalues and their vectors of a positive semidefinite matrix: subspace iteration with a few
 * vectors more than asked for, and the Rayleigh-Ritz values inside. `between` is called after each iteration. Values that lie so
 * close together that they do not settle are given as they are: their vectors still span nearly the best subspace.
 */
export async function largestEigenpairs(
  matrix: Matrix,
  count: number,
  between: () => Promise<void>,
): Promise<EigenPairs> {
  const size = Math.min(matrix.length, count + EXTRA);
  let basis = orthonormal(Array.from({ length: size }, (_, k) => start(k, matrix.length)));
  let values = new Float64Array(size);
  for (let i = 1; ; i++) {
    const images = basis.map((vector) => product(matrix, vector));
    const ritz = jacobi(basis.map((vector) => Float64Array.from(images, (image) => dot(vector, image))));
    const before = values;
    values = Float64Array.from(ritz.values);
    if (size === matrix.length || i === ITERATIONS || settled(before, values, count)) {
      return { values: values.subarray(0, count), vectors: combined(basis, ritz.vectors.slice(0, count)) };
    }
    basis = orthonormal(combined(images, ritz.vectors));
    await between();
  }
}

function settled(before: Float64Array, after: Float64Array, count: number): boolean {
  const scale = Math.max(after[0] ?? 0, Number.MIN_VALUE);
  for (let k = 0; k < count; k++) {
    if (Math.abs((before[k] ?? 0) - (after[k] ?? 0)) > TOLERANCE * scale) return false;
  }
  return true;
}

/** Different for each k, and at right angles to nothing in particular. */
function start(k: number, size: number): Float64Array {
  return Float64Array.from(
    { length: size },
    (_, i) => Math.cos((k + 1) * (i + 0.5)) + (i % (k + 2) === 0 ? 1 : 0),
  );
}

/** Gram and Schmidt's, twice for the digits. A vector that the others span becomes a unit vector that they do not. */
function orthonormal(vectors: Matrix): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    let own = removed(removed(vector, basis), basis);
    for (let i = 0; norm(own) < 1e-10 * norm(vector) || norm(own) === 0; i++) {
      const unit = new Float64Array(vector.length).fill(1, i, i + 1);
      own = removed(removed(unit, basis), basis);
      if (norm(own) > 1e-3) break;
    }
    const length = norm(own);
    basis.push(own.map((value) => value / length));
  }
  return basis;
}

function removed(vector: Float64Array, basis: Matrix): Float64Array {
  const rest = Float64Array.from(vector);
  for (const other of basis) {
    const share = dot(rest, other);
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] ?? 0) - share * (other[i] ?? 0);
  }
  return rest;
}

function combined(vectors: Matrix, weights: Matrix): Float64Array[] {
  return weights.map((own) => {
    const sum = new Float64Array(vectors[0]?.length ?? 0);
    vectors.forEach((vector, k) => {
      const weight = own[k] ?? 0;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + weight * (vector[i] ?? 0);
    });
    return sum;
  });
}

function product(matrix: Matrix, vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function at(matrix: Matrix, i: number, j: number): number {
  return matrix[i]?.[j] ?? 0;
}
