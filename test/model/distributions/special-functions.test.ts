import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digamma, lgamma, logBeta, trigamma } from '../../../src/model/distributions/special-functions.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArray, Runtime, TensorFunction } from '../../../src/model/runtime/runtime.ts';
import { inDouble, inFloat } from '../../support/evaluate.ts';
import { at } from '../../support/numbers.ts';
import { array, tensor } from '../../support/tiny-model.ts';
import golden from './golden/special_functions.json' with { type: 'json' };

let runtime: Runtime;
beforeAll(() => {
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
});
afterAll(() => runtime.dispose());

const vector = (values: readonly number[]): FloatArray => ({
  shape: [values.length],
  data: Float32Array.from(values),
});
const inputs = { x: vector(golden.x), a: vector(golden.beta.a), b: vector(golden.beta.b) };

/** The largest error relative to 1 + |expected|. */
function error(found: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(at(found, i) - value) / (1 + Math.abs(value))));
}

const gradient = (fn: (x: tf.Tensor) => tf.Tensor) => tf.grad((x) => tf.sum(fn(x)));

const CASES: readonly (readonly [string, TensorFunction, readonly number[]])[] = [
  ['lgamma', (given) => ({ y: lgamma(tensor(given, 'x')) }), golden.lgamma],
  ['digamma', (given) => ({ y: digamma(tensor(given, 'x')) }), golden.digamma],
  ['the derivative of lgamma', (given) => ({ y: gradient(lgamma)(tensor(given, 'x')) }), golden.digamma],
  ['trigamma', (given) => ({ y: trigamma(tensor(given, 'x')) }), golden.trigamma],
  ['the derivative of digamma', (given) => ({ y: gradient(digamma)(tensor(given, 'x')) }), golden.trigamma],
  ['log_beta', (given) => ({ y: logBeta(tensor(given, 'a'), tensor(given, 'b')) }), golden.beta.log_beta],
];

describe.each(CASES)('%s', (_, fn, expected) => {
  it('is as exact as its approximation in double precision', () => {
    expect(error(array(inDouble(fn, inputs), 'y').data, expected)).toBeLessThan(5e-7);
  });

  it('has single precision from 1e-4 to 1e5', async () => {
    expect(error(array(await inFloat(runtime, fn, inputs), 'y').data, expected)).toBeLessThan(1.5e-6);
  });
});

describe('log_beta', () => {
  it.each([
    [2, 2],
    [0.5, 3],
    [40, 7],
  ])('has the derivatives psi(a) - psi(a + b) and psi(b) - psi(a + b) at (%d, %d)', (a, b) => {
    const found = inDouble(
      (given) => {
        const [x, y] = [tensor(given, 'a'), tensor(given, 'b')];
        const [byA, byB] = tf.grads((...at: tf.Tensor[]) => tf.sum(logBeta(at[0] ?? x, at[1] ?? y)))([x, y]);
        const psi = digamma(tf.add(x, y));
        return {
          byA: tf.sub(byA ?? NaN, tf.sub(digamma(x), psi)),
          byB: tf.sub(byB ?? NaN, tf.sub(digamma(y), psi)),
        };
      },
      { a: vector([a]), b: vector([b]) },
    );
    expect(at(array(found, 'byA').data, 0)).toBeCloseTo(0, 6);
    expect(at(array(found, 'byB').data, 0)).toBeCloseTo(0, 6);
  });
});
