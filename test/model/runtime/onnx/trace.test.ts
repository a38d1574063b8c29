import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { trace } from '../../../../src/model/runtime/onnx/trace.ts';
import { RuntimeError, type ArraySpecs, type Tensors } from '../../../../src/model/runtime/runtime.ts';
import { interpret } from '../../../support/interpreter.ts';
import { tensor } from '../../../support/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const SPECS: ArraySpecs = {
  x: { shape: [2], dtype: 'float32' },
  pixels: { shape: [2], dtype: 'uint8' },
};
const traced = (fn: (tensors: Tensors) => Tensors) => trace(SPECS, fn, (result) => result);

describe('trace', () => {
  it('records a function that can be computed later', () => {
    const { outputs } = traced((inputs) => ({
      y: tf.mul(tensor(inputs, 'x'), tf.add(tensor(inputs, 'pixels'), 1)),
    }));
    const point = {
      x: { shape: [2], data: Float64Array.of(2, 3) },
      pixels: { shape: [2], data: Float64Array.of(0, 255) },
    };
    expect(interpret(outputs, point)).toEqual({ y: { shape: [2], data: Float64Array.of(2, 768) } });
  });

  it('gives float32 results of full shape', () => {
    const { outputs } = traced((inputs) => ({
      above: tf.greater(tensor(inputs, 'x'), 0),
      rounded: tf.cast(tensor(inputs, 'x'), 'int32'),
      filled: tf.fill([2, 3], 4),
    }));
    expect(Object.values(outputs).map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ['float32', [2]],
      ['float32', [2]],
      ['float32', [2, 3]],
    ]);
  });

  it('refuses a function that looks at its values', () => {
    const looking = () => traced((inputs) => ({ y: tf.scalar(tensor(inputs, 'x').dataSync()[0] ?? 0) }));
    expect(looking).toThrow(RuntimeError);
    expect(looking).toThrow('must not read the values');
  });

  it('refuses a tensor from outside', () => {
    const outside = tf.tensor1d([1, 2]);
    const using = () => traced((inputs) => ({ y: tf.add(tensor(inputs, 'x'), outside) }));
    expect(using).toThrow(RuntimeError);
  });

  it('leaves TensorFlow.js on the backend it was on', () => {
    traced((inputs) => ({ y: tensor(inputs, 'x') }));
    expect(tf.getBackend()).toBe('cpu');
    expect(() => traced(() => ({ y: tf.cumsum(tf.zeros([3])) }))).toThrow('Cumsum');
    expect(tf.getBackend()).toBe('cpu');
  });
});
