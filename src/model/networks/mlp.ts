import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Activation, NetworkSpec } from '../specification.ts';
import type { Tensors } from '../runtime/runtime.ts';

export type Shapes = Readonly<Record<string, readonly number[]>>;

const ACTIVATION_FUNCTIONS: { [Name in Activation]: (x: Tensor) => Tensor } = {
  tanh: (x) => tf.tanh(x),
  relu: (x) => tf.relu(x),
  softplus: (x) => tf.softplus(x),
  /** x Phi(x), Phi the standard normal's distribution function. */
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  elu: (x) => tf.elu(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  sigmoid: (x) => tf.sigmoid(x),
};

/** Layer names of a network, in order: `<prefix>.hidden_0`, ..., `<prefix>.output`. */
function layers(prefix: string, spec: NetworkSpec): string[] {
  return [...spec.hidden_sizes.map((_, i) => `${prefix}.hidden_${i}`), `${prefix}.output`];
}

/** Shapes of a network's parameters: weights [inputs, outputs], biases [outputs]. */
export function mlpShapes(prefix: string, spec: NetworkSpec, inputSize: number, outputSize: number): Shapes {
  const sizes = [inputSize, ...spec.hidden_sizes, outputSize];
  const shapes = layers(prefix, spec).flatMap((layer, i): [string, number[]][] => {
    const [inputs, outputs] = [sizes[i] ?? 0, sizes[i + 1] ?? 0];
    return [
      [`${layer}.weight`, [inputs, outputs]],
      [`${layer}.bias`, [outputs]],
    ];
  });
  return Object.fromEntries(shapes);
}

/** x [rows, inputs] -> [rows, outputs]: affine layers, the activation after each but the last. */
export function mlp(parameters: Tensors, prefix: string, spec: NetworkSpec, x: Tensor): Tensor {
  const activate = ACTIVATION_FUNCTIONS[spec.activation];
  return layers(prefix, spec).reduce((h, layer, i) => {
    const affine = tf.add(
      tf.matMul(h as tf.Tensor2D, parameter(parameters, `${layer}.weight`)),
      parameter(parameters, `${layer}.bias`),
    );
    return i < spec.hidden_sizes.length ? activate(affine) : affine;
  }, x);
}

function parameter(parameters: Tensors, name: string): tf.Tensor2D {
  const tensor = parameters[name];
  if (!tensor) throw new RangeError(`parameter ${name} is missing`);
  return tensor as tf.Tensor2D;
}
