import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../../../src/model/runtime/onnx/fuse.ts';
import { chooseThreads, countMultiplications } from '../../../../src/model/runtime/onnx/threads.ts';
import { trace } from '../../../../src/model/runtime/onnx/trace.ts';
import type { ArraySpec, TensorFunction } from '../../../../src/model/runtime/runtime.ts';

const array = (...shape: number[]): ArraySpec => ({ shape, dtype: 'float32' });

function nodesOf(fn: TensorFunction, inputs: Readonly<Record<string, ArraySpec>>) {
  const { graph, outputs } = trace(inputs, fn, (results) => results);
  return fuse(graph, outputs);
}

/** x [rows, 100] times w [100, 50], and what that is times its transpose. */
const products = (rows: number) =>
  nodesOf(
    ({ x, w }) => {
      const y = tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
      return { y, gram: tf.matMul(y, y, true, false) };
    },
    { x: array(rows, 100), w: array(100, 50) },
  );

describe('threads of a graph', () => {
  it('follow the multiplications of its matrix products', () => {
    expect(countMultiplications(products(8))).toBe(8 * 100 * 50 + 50 * 8 * 50);
    expect(chooseThreads(products(8), 4)).toBe(1);
    expect(chooseThreads(products(8000), 4)).toBe(3);
    expect(chooseThreads(products(80_000), 4)).toBe(4);
  });

  it('are one where nothing is multiplied', () => {
    const nodes = nodesOf(({ x }) => ({ y: tf.add(x as tf.Tensor, 1) }), { x: array(1_000_000) });
    expect(chooseThreads(nodes, 8)).toBe(1);
  });
});
