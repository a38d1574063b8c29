import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { CONSTRAINTS, type Constraint } from './constraints.ts';
import { pieces, type Distribution, type DistributionFamily } from './distribution.ts';
import type { NoiseSize, Pieces, Values } from './distribution.ts';

export interface ElementwiseDefinition<Given extends string, Fixed extends string, Size extends NoiseSize> {
  readonly noise: Size;
  readonly parameters: Readonly<Record<Given, Constraint>>;
  /** Hyperparameters that the density is written in. */
  readonly fixed?: Readonly<Record<Fixed, number>>;
  /** log density of each element. */
  readonly logProb: (parameters: Values<Given | Fixed>, z: Tensor) => Tensor;
  /** Noise comes cut into tensors [..., size]. */
  readonly sample: (
    parameters: Values<Given | Fixed>,
    noise: { readonly normal: Pieces<Size['normal']>; readonly uniform: Pieces<Size['uniform']> },
  ) => Tensor;
  readonly mean: (parameters: Values<Given | Fixed>) => Tensor;
  readonly standardDeviation: (parameters: Values<Given | Fixed>) => Tensor;
  /** Where it is not the mean. */
  readonly center?: (parameters: Values<Given | Fixed>) => Tensor;
}

/** A family whose dimensions are independent: given for one element, summed over the last axis. */
export function elementwise<Given extends string, const Size extends NoiseSize, Fixed extends string = never>(
  definition: ElementwiseDefinition<Given, Fixed, Size>,
): DistributionFamily<Given, Given | Fixed> {
  const { noise, parameters: constraints } = definition;
  const names = Object.keys(constraints) as Given[];
  const of = (given: Values<Given>): Distribution<Given | Fixed> =>
    distribution(definition, { ...given, ...scalars(definition.fixed) } as Values<Given | Fixed>);
  return {
    noise,
    fromOutput(output) {
      const parts = names.length === 1 ? [output] : tf.split(output, names.length, -1);
      const entries = names.map((name, i) => [name, CONSTRAINTS[constraints[name]](parts[i] ?? output)]);
      return of(Object.fromEntries(entries) as Values<Given>);
    },
    of,
  };
}

function distribution<Given extends string, Fixed extends string, Size extends NoiseSize>(
  definition: ElementwiseDefinition<Given, Fixed, Size>,
  parameters: Values<Given | Fixed>,
): Distribution<Given | Fixed> {
  const { noise } = definition;
  const normals: Size['normal'] = noise.normal;
  const uniforms: Size['uniform'] = noise.uniform;
  return {
    parameters,
    logProb: (z) => tf.sum(definition.logProb(parameters, z), -1),
    logProbByDimension: (z) => definition.logProb(parameters, z),
    sample: ({ normal, uniform }) =>
      definition.sample(parameters, {
        normal: pieces(normal, normals),
        uniform: pieces(uniform, uniforms),
      }),
    mean: () => definition.mean(parameters),
    standardDeviation: () => definition.standardDeviation(parameters),
    center: () => (definition.center ?? definition.mean)(parameters),
  };
}

function scalars(numbers: Readonly<Record<string, number>> = {}): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]));
}
