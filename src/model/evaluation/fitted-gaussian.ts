/** A Gaussian with full covariance, fitted to points by their mean and covariance. */
export interface FittedGaussian {
  logProb(point: Float64Array): number;
  /** mean + L noise, where L L^T is the covariance. */
  sample(noise: ArrayLike<number>): Float64Array;
}

const LOG_2_PI = Math.log(2 * Math.PI);
/** This share of the mean variance is added to each variance, so that points on a plane have a density. */
const RIDGE = 1e-6;

/** Errors: RangeError if there are fewer than two points. */
export function fitGaussian(points: readonly Float64Array[]): FittedGaussian {
  const size = points[0]?.length ?? 0;
  if (points.length < 2) throw new RangeError(`${points.length} points; a covariance needs at least 2`);
  const mean = new Float64Array(size).map((_, i) => average(points.map((point) => point[i] ?? 0)));
  const centered = points.map((point) => point.map((value, i) => value - (mean[i] ?? 0)));
  const covariance = createMatrix(size, (i, j) => {
    const products = centered.map((point) => (point[i] ?? 0) * (point[j] ?? 0));
    return (average(products) * points.length) / (points.length - 1);
  });
  const ridge = RIDGE * average(covariance.map((row, i) => row[i] ?? 0)) + Number.MIN_VALUE;
  covariance.forEach((row, i) => {
    row[i] = (row[i] ?? 0) + ridge;
  });
  const factor = cholesky(covariance);
  const logDeterminant = factor.reduce((sum, row, i) => sum + 2 * Math.log(row[i] ?? 1), 0);
  return {
    sample: (noise) =>
      mean.map((value, i) => {
        const row = factor[i] ?? new Float64Array();
        return row.reduce((sum, entry, j) => sum + entry * (noise[j] ?? 0), value);
      }),
    logProb(point) {
      const solved = solveLowerTriangular(
        factor,
        point.map((value, i) => value - (mean[i] ?? 0)),
      );
      const square = solved.reduce((sum, value) => sum + value * value, 0);
      return -0.5 * (size * LOG_2_PI + logDeterminant + square);
    },
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function createMatrix(size: number, entry: (i: number, j: number) => number): Float64Array[] {
  return Array.from({ length: size }, (_, i) => new Float64Array(size).map((_value, j) => entry(i, j)));
}

/** Lower triangular L with L L^T = a. */
function cholesky(a: readonly Float64Array[]): Float64Array[] {
  const factor = createMatrix(a.length, () => 0);
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      const [left, right] = [factor[i] ?? new Float64Array(), factor[j] ?? new Float64Array()];
      let rest = a[i]?.[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (left[k] ?? 0) * (right[k] ?? 0);
      left[j] = i === j ? Math.sqrt(Math.max(rest, Number.MIN_VALUE)) : rest / (right[j] ?? 1);
    }
  }
  return factor;
}

/** Solves L x = b. */
function solveLowerTriangular(factor: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = new Float64Array(b.length);
  factor.forEach((row, i) => {
    let rest = b[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (row[k] ?? 0) * (x[k] ?? 0);
    x[i] = rest / (row[i] ?? 1);
  });
  return x;
}
