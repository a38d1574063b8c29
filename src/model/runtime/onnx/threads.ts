import { findReachable } from './fuse.ts';
import type { Node } from './ir.ts';

/**
 * Multiplications of a run, or of a step of a scan, that make another thread worth while. Threads of ONNX Runtime wait for each
 * other at every operator, and take processor time meanwhile.
 */
const MULTIPLICATIONS_PER_THREAD = 2 ** 24;

/** How many of the threads a graph gets: one for small ones, whatever the machine has. */
export function chooseThreads(outputs: Readonly<Record<string, Node>>, most: number): number {
  const worthwhile = Math.floor(countMultiplications(outputs) / MULTIPLICATIONS_PER_THREAD);
  return Math.min(most, Math.max(1, worthwhile));
}

/** Of all matrix products that the outputs need. */
export function countMultiplications(outputs: Readonly<Record<string, Node>>): number {
  return findReachable(Object.values(outputs)).reduce((sum, { op, inputs: [a], shape, attributes }) => {
    if (op !== 'Gemm' || !a) return sum;
    const inner = a.shape[attributes['transA'] === 1 ? 0 : 1] ?? 1;
    return sum + inner * shape.reduce((product, axis) => product * axis, 1);
  }, 0);
}
