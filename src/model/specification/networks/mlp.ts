import Type from 'typebox';
import { LIMITS } from '../limits.ts';
import { oneOf } from '../schema.ts';
import { describeNetwork, countValues, type NetworkEnds } from './description.ts';

export const ACTIVATIONS = ['tanh', 'relu', 'softplus', 'gelu', 'elu', 'silu', 'sigmoid'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

const fields = {
  hidden_sizes: Type.Array(Type.Integer({ minimum: 1, maximum: LIMITS.hiddenSize }), {
    maxItems: LIMITS.hiddenLayers,
    default: [500],
    description: 'Units of each hidden layer, from input to output; [] makes the network linear.',
  }),
  activation: oneOf(ACTIVATIONS, 'tanh', 'Nonlinearity of the hidden layers.'),
} as const;

interface Layers {
  readonly hidden_sizes: readonly number[];
}

/** Layer names, in order: `hidden_0`, ..., `output`. */
export const layerNames = ({ hidden_sizes: hidden }: Layers): string[] => [
  ...hidden.map((_, i) => `hidden_${i}`),
  'output',
];

const layerSizes = ({ hidden_sizes: hidden }: Layers, { input, output }: NetworkEnds): number[] => [
  countValues(input),
  ...hidden,
  countValues(output),
];

/** A multilayer perceptron: affine layers with a nonlinearity after each but the last. */
export const mlp = describeNetwork(fields, {
  /** Weights [inputs, outputs], biases [outputs]. */
  shapes(spec, ends) {
    const sizes = layerSizes(spec, ends);
    const shapes = layerNames(spec).flatMap((layer, i): [string, number[]][] => {
      const [inputs, outputs] = [sizes[i] ?? 0, sizes[i + 1] ?? 0];
      return [
        [`${layer}.weight`, [inputs, outputs]],
        [`${layer}.bias`, [outputs]],
      ];
    });
    return Object.fromEntries(shapes);
  },
  countUnits: (spec, ends) => layerSizes(spec, ends).reduce((sum, size) => sum + size, 0),
});
