import * as tf from '@tensorflow/tfjs';
import type { NdArray, FloatArrays, Tensors } from '../../src/model/runtime/runtime.ts';
import type {
  Activation,
  LikelihoodSpec,
  ModelSpec,
  NetworkSpec,
  Shapes,
} from '../../src/model/specification.ts';
import { sizeOf, type Value } from './dense-array.ts';
import { normals } from './numbers.ts';
import { modelSpec } from './specifications.ts';

export const LIKELIHOODS: Readonly<Record<string, LikelihoodSpec>> = {
  bernoulli: { family: 'bernoulli' },
  'gaussian free per_element': { family: 'gaussian', mean: 'free', variance: 'per_element' },
  'gaussian free shared': { family: 'gaussian', mean: 'free', variance: 'shared' },
  'gaussian unit_interval per_element': {
    family: 'gaussian',
    mean: 'unit_interval',
    variance: 'per_element',
  },
  'gaussian unit_interval shared': { family: 'gaussian', mean: 'unit_interval', variance: 'shared' },
};

/** A model of one small hidden layer in each network. */
export function tinyModel(
  likelihood: LikelihoodSpec = { family: 'bernoulli' },
  activation: Activation = 'tanh',
  hidden_sizes: number[] = [2],
): ModelSpec {
  const network: NetworkSpec = { name: 'mlp', hidden_sizes, activation };
  return modelSpec({ latent_size: 2, likelihood, encoder: network, decoder: network });
}

/** Normal numbers for every parameter, so that nothing is zero by accident. */
export function randomParameters(shapes: Shapes, seed: number, deviation = 0.5): FloatArrays {
  const entries = Object.entries(shapes).map(([name, shape], i) => {
    const data = normals(seed * 1000 + i, sizeOf(shape)).map((value) => value * deviation);
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}

/** Arrays in double precision, as the interpreter takes them. */
export function valuesOf(arrays: Readonly<Record<string, NdArray>>): Record<string, Value> {
  const entries = Object.entries(arrays).map(([name, { shape, data }]) => {
    return [name, { shape, data: Float64Array.from(data) }] as const;
  });
  return Object.fromEntries(entries);
}

export function tensor(tensors: Tensors, name: string): tf.Tensor {
  const found = tensors[name];
  if (!found) throw new RangeError(`tensor ${name} is missing`);
  return found;
}

export function array<T>(arrays: Readonly<Record<string, T>>, name: string): T {
  const found = arrays[name];
  if (found === undefined) throw new RangeError(`array ${name} is missing`);
  return found;
}

export function tensorsOf(arrays: FloatArrays): Tensors {
  const entries = Object.entries(arrays).map(([name, { shape, data }]) => {
    return [name, tf.tensor(data, [...shape])] as const;
  });
  return Object.fromEntries(entries);
}
