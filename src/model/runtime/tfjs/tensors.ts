import * as tf from '@tensorflow/tfjs';
import { mapNamed } from '../../named-arrays.ts';
import { countElements, type Arrays, type FloatArrays, type NdArray, type Tensors } from '../runtime.ts';

/** Copies, because the JavaScript backend keeps the array it receives. */
export function toTensors(arrays: Arrays): Record<string, tf.Tensor> {
  return mapNamed(arrays, ({ shape, data }) => tf.tensor(new Float32Array(data), [...shape], 'float32'));
}

/** Copies, because the JavaScript backend returns the array it keeps. */
export function toArrays(tensors: Tensors): FloatArrays {
  return mapNamed(tensors, (tensor) => ({
    shape: tensor.shape,
    data: new Float32Array(tensor.dataSync()),
  }));
}

/** One row of every array, sharing its memory. */
export function sliceRow(arrays: Arrays, row: number): Record<string, NdArray> {
  return mapNamed(arrays, ({ shape, data }) => {
    const rest = shape.slice(1);
    const size = countElements(rest);
    return { shape: rest, data: data.subarray(row * size, (row + 1) * size) };
  });
}
