import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mlp } from '../../../src/model/networks/mlp.ts';
import { networkShapes } from '../../../src/model/specification/networks/networks.ts';
import { ACTIVATIONS, type Activation } from '../../../src/model/specification.ts';
import { at, normals } from '../../support/numbers.ts';
import { normalCdf } from '../../support/special-functions.ts';
import { array, randomParameters, tensorsOf } from '../../support/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const FORMULAS: { readonly [Name in Activation]: (x: number) => number } = {
  tanh: Math.tanh,
  relu: (x) => Math.max(x, 0),
  softplus: (x) => Math.log1p(Math.exp(x)),
  gelu: (x) => x * normalCdf(x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** 5 numbers a row in any shape, 2 numbers out. */
const ENDS = { input: [5, 1], output: [2] };

/** y_j = sum_i x_i W_ij + b_j. */
function affine(x: readonly number[], weight: ArrayLike<number>, bias: ArrayLike<number>): number[] {
  return Array.from(bias, (b, j) =>
    x.reduce((sum, value, i) => sum + value * at(weight, i * bias.length + j), b),
  );
}

describe('mlp', () => {
  it.each(ACTIVATIONS)('is affine layers with %s between them', (activation) => {
    const spec = { name: 'mlp' as const, hidden_sizes: [4, 3], activation };
    const parameters = randomParameters(networkShapes(spec, ENDS), 1);
    const x = Array.from(normals(1, 5));
    const layer = (h: readonly number[], name: string) =>
      affine(h, array(parameters, `${name}.weight`).data, array(parameters, `${name}.bias`).data);
    const hidden = ['hidden_0', 'hidden_1'].reduce((h, name) => layer(h, name).map(FORMULAS[activation]), x);
    const found = mlp(spec, tensorsOf(parameters), tf.tensor2d([x])).dataSync();
    layer(hidden, 'output').forEach((value, i) => {
      expect(at(found, i)).toBeCloseTo(value, 5);
    });
  });

  it('without hidden layers is one affine layer', () => {
    const spec = { name: 'mlp' as const, hidden_sizes: [], activation: 'tanh' as const };
    expect(networkShapes(spec, ENDS)).toEqual({ 'output.weight': [5, 2], 'output.bias': [2] });
  });

  it('names the parameter that is missing', () => {
    const spec = { name: 'mlp' as const, hidden_sizes: [], activation: 'tanh' as const };
    expect(() => mlp(spec, {}, tf.zeros([1, 5]))).toThrow('output.weight is missing');
  });
});
