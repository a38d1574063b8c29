import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { layoutOf, pack, packArrays, unpack, unpackArrays } from '../../../src/model/training/packing.ts';
import { array, randomParameters, tensor, tensorsOf } from '../../support/tiny-model.ts';

const SHAPES = { 'a.weight': [3, 2], 'a.bias': [2], 'b.weight': [256, 128], 'b.log_variance': [1] };

beforeAll(() => tf.setBackend('cpu'));

describe('the layout of parameters', () => {
  const layout = layoutOf(SHAPES);
  const arrays = randomParameters(SHAPES, 1);

  it('leaves large ones alone and puts small ones in a row', () => {
    expect(layout.map(({ name, shape }) => [name, shape])).toEqual([
      ['b.weight', [256, 128]],
      ['packed', [9]],
    ]);
    expect(Array.from(array(packArrays(layout, arrays), 'packed').data)).toEqual([
      ...array(arrays, 'a.weight').data,
      ...array(arrays, 'a.bias').data,
      ...array(arrays, 'b.log_variance').data,
    ]);
  });

  it('gives arrays back as they were', () => {
    expect(unpackArrays(layout, packArrays(layout, arrays))).toEqual(arrays);
  });

  it('moves tensors as it moves arrays', () => {
    const packed = pack(layout, tensorsOf(arrays));
    expect(tensor(packed, 'packed').dataSync()).toEqual(array(packArrays(layout, arrays), 'packed').data);
    for (const [name, { shape, data }] of Object.entries(arrays)) {
      expect(tensor(unpack(layout, packed), name).shape).toEqual(shape);
      expect(tensor(unpack(layout, packed), name).dataSync()).toEqual(data);
    }
  });

  it('names the parameter that is missing', () => {
    expect(() => packArrays(layout, {})).toThrow('b.weight is missing');
  });
});
