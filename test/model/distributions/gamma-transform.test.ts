import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logGamma } from '../../../src/model/distributions/gamma-transform.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays, Runtime, Tensors } from '../../../src/model/runtime/runtime.ts';
import { inDouble, inFloat } from '../../support/evaluate.ts';
import { at } from '../../support/numbers.ts';
import { array, tensor } from '../../support/tiny-model.ts';
import golden from './golden/gamma_transform.json' with { type: 'json' };

let runtime: Runtime;
beforeAll(() => {
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
});
afterAll(() => runtime.dispose());

const normalDensity = (x: number) => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);

/** log z where every uniform number is u: [draws]. */
function draws(given: Tensors, u: number): tf.Tensor {
  const x = tensor(given, 'x');
  const uniform = tf.fill(x.shape, u);
  return logGamma(tensor(given, 'shape'), x, [uniform, uniform, uniform, uniform]);
}

const inputsOf = (shape: number): FloatArrays => ({
  shape: { shape: [1], data: Float32Array.of(shape) },
  x: { shape: [golden.normal.length], data: Float32Array.from(golden.normal) },
});

describe.each(golden.rows)('log of a Gamma draw of shape $shape', ({ shape, log_quantile, slope }) => {
  /** With u = 1 a draw is the quantile of Gamma(shape + 4) at Phi(x): errors of Phi(x) that explain the difference. */
  const errors = (found: ArrayLike<number>) =>
    log_quantile.map((expected, i) => {
      const ofNormal = Math.abs(at(found, i) - expected) / at(slope, i);
      return { ofNormal, ofProbability: ofNormal * normalDensity(at(golden.normal, i)) };
    });
  const largest = (values: readonly number[]) => Math.max(...values);

  it('is within 1e-6 of the distribution function, and within 1e-3 of the normal number in the tails', () => {
    const outputs = inDouble((given) => ({ y: draws(given, 1) }), inputsOf(shape));
    const found = errors(array(outputs, 'y').data);
    expect(largest(found.map(({ ofProbability }) => ofProbability))).toBeLessThan(1e-6);
    expect(largest(found.map(({ ofNormal }) => ofNormal))).toBeLessThan(1e-3);
  });

  it('loses no more than single precision does', async () => {
    const found = await inFloat(runtime, (given) => ({ y: draws(given, 1) }), inputsOf(shape));
    const { data } = array(found, 'y');
    const rounding = 4 * 2 ** -24 * (3 + Math.log(shape + 4));
    expect(largest(log_quantile.map((expected, i) => Math.abs(at(data, i) - expected)))).toBeLessThan(
      rounding + largest(slope) * 1e-3,
    );
  });

  it('multiplies by u^(1 / (shape + i)) for i < 4', () => {
    const outputs = inDouble((given) => ({ y: draws(given, 1), z: draws(given, 0.25) }), inputsOf(shape));
    const float = Math.fround(shape);
    const expected = Math.log(0.25) * [0, 1, 2, 3].reduce((sum, i) => sum + 1 / (float + i), 0);
    array(outputs, 'z').data.forEach((z, i) => {
      expect((z - at(array(outputs, 'y').data, i)) / expected).toBeCloseTo(1, 6);
    });
  });
});
