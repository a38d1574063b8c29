import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { Tensors } from '../runtime/runtime.ts';
import { layerNames } from '../specification/networks/mlp.ts';
import type { Activation, NetworkOf } from '../specification.ts';

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

/** x [rows, inputs] -> [rows, outputs]: affine layers, the activation after each but the last. */
export function mlp(spec: NetworkOf<'mlp'>, parameters: Tensors, x: Tensor): Tensor {
  const activate = ACTIVATION_FUNCTIONS[spec.activation];
  return layerNames(spec).reduce((h, layer, i) => {
    const weight = getNamed(parameters, `${layer}.weight`);
    const affine = tf.add(tf.matMul(h, weight), getNamed(parameters, `${layer}.bias`));
    return i < spec.hidden_sizes.length ? activate(affine) : affine;
  }, x);
}
