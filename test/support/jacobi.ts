import { at } from './numbers.ts';

/** Eigenvalues of a symmetric matrix (rows), largest first: cyclic Jacobi rotations until nothing is left off the diagonal. */
export function symmetricEigenvalues(matrix: readonly (readonly number[])[]): number[] {
  const a = matrix.map((row) => Float64Array.from(row));
  const entry = (i: number, j: number) => at(a[i] ?? [], j);
  const size = a.length;
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        off += entry(p, q) ** 2;
        rotate(a, p, q);
      }
    }
    if (off < 1e-24) break;
  }
  return a.map((_, i) => entry(i, i)).sort((x, y) => y - x);
}

/** A <- J^T A J with the rotation that makes A[p][q] zero. */
function rotate(a: readonly Float64Array[], p: number, q: number): void {
  const entry = (i: number, j: number) => at(a[i] ?? [], j);
  const set = (i: number, j: number, value: number) => a[i]?.fill(value, j, j + 1);
  if (entry(p, q) === 0) return;
  const angle = Math.atan2(2 * entry(p, q), entry(q, q) - entry(p, p)) / 2;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let k = 0; k < a.length; k++) {
    const [kp, kq] = [entry(k, p), entry(k, q)];
    set(k, p, c * kp - s * kq);
    set(k, q, s * kp + c * kq);
  }
  for (let k = 0; k < a.length; k++) {
    const [pk, qk] = [entry(p, k), entry(q, k)];
    set(p, k, c * pk - s * qk);
    set(q, k, s * pk + c * qk);
  }
}

/** Lower triangular L with L L^T = a, a symmetric and positive definite. */
export function choleskyOf(a: readonly (readonly number[])[]): number[][] {
  const factor = a.map((row) => row.map(() => 0));
  a.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const [left, right] = [factor[i] ?? [], factor[j] ?? []];
      const known = right.slice(0, j).reduce((sum, value, k) => sum + value * (left[k] ?? 0), 0);
      const rest = (row[j] ?? NaN) - known;
      left[j] = i === j ? Math.sqrt(rest) : rest / (right[j] ?? NaN);
    }
  });
  return factor;
}
