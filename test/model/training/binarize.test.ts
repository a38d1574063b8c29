import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { binarizationNoise, binarized } from '../../../src/model/training/binarize.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import { BINARIZATIONS } from '../../../src/model/specification.ts';
import { at, estimateOf, uniforms } from '../../support/numbers.ts';
import { array, tensor } from '../../support/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const GREY = [0, 0.2, 0.5, 0.8, 1];

describe('binarized', () => {
  it('leaves values alone where it is not asked for', () => {
    const x = tf.tensor1d(GREY);
    expect(binarized('none', x)).toBe(x);
  });

  it('cuts at one half', () => {
    expect(Array.from(binarized('threshold', tf.tensor1d(GREY)).dataSync())).toEqual([0, 0, 0, 1, 1]);
  });

  it.each(['dynamic', 'static'] as const)('takes a value as the probability of a one (%s)', (name) => {
    const rows = 20_000;
    const u = tf.tensor2d(uniforms(5, rows * GREY.length, 0, 1), [rows, GREY.length]);
    const bits = binarized(name, tf.tensor1d(GREY), u).dataSync();
    GREY.forEach((value, i) => {
      const column = Array.from({ length: rows }, (_, row) => at(bits, row * GREY.length + i));
      const { mean, standardError } = estimateOf(column);
      expect(column.every((bit) => bit === 0 || bit === 1)).toBe(true);
      expect(Math.abs(mean - value)).toBeLessThanOrEqual(4 * standardError);
    });
  });

  it('names the noise that is missing', () => {
    expect(() => binarized('dynamic', tf.tensor1d(GREY))).toThrow('uniform noise');
  });

  it('runs compiled', async () => {
    const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
    const spec = { shape: [GREY.length], dtype: 'float32' } as const;
    const compiled = await runtime.compile(
      (inputs) => {
        const [x, u] = [tensor(inputs, 'x'), tensor(inputs, 'u')];
        return Object.fromEntries(BINARIZATIONS.map((name) => [name, binarized(name, x, u)]));
      },
      { x: spec, u: spec },
    );
    const data = { x: Float32Array.from(GREY), u: Float32Array.of(0.1, 0.1, 0.6, 0.7, 0.999) };
    const results = await compiled.run({
      x: { shape: spec.shape, data: data.x },
      u: { shape: spec.shape, data: data.u },
    });
    expect(Array.from(array(results, 'dynamic').data)).toEqual([0, 1, 0, 1, 1]);
    expect(array(results, 'static')).toEqual(array(results, 'dynamic'));
    expect(Array.from(array(results, 'threshold').data)).toEqual([0, 0, 0, 1, 1]);
    expect(array(results, 'none').data).toEqual(data.x);
    await runtime.dispose();
  });
});

describe('binarizationNoise', () => {
  it('is drawn anew at every step, once a row, or not at all', () => {
    expect(BINARIZATIONS.map(binarizationNoise)).toEqual([null, 'step', 'row', null]);
  });
});
