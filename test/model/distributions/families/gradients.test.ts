import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { FloatArrays, Tensors } from '../../../../src/model/runtime/runtime.ts';
import { differentiate } from '../../../../src/model/training/step.ts';
import { interpret } from '../../../support/interpreter.ts';
import { centralDifferences, graphOf } from '../../../support/evaluate.ts';
import {
  distributionOf,
  familyOf,
  LABELLED_CASES,
  noiseFor,
  noiseOf,
  type FamilyCase,
} from '../../../support/family-cases.ts';
import { relativeDifference } from '../../../support/numbers.ts';
import { array, tensor, valuesOf } from '../../../support/tiny-model.ts';

const DRAWS = 3;

/** A sum of `values` in which each weighs something else. */
function weighted(values: tf.Tensor): tf.Scalar {
  const weights = Array.from({ length: values.size }, (_, i) => 1.5 + Math.cos(2 * i));
  return tf.sum(tf.mul(values, tf.reshape(tf.tensor1d(weights), values.shape)));
}

/** Holds the gradients that TensorFlow.js derives against central differences of the same graph. */
function expectGradients(
  inputs: FloatArrays,
  differentiable: readonly string[],
  fn: (at: Tensors, inputs: Tensors) => tf.Scalar,
): void {
  const graph = graphOf((given) => {
    const own = Object.fromEntries(differentiable.map((name) => [name, tensor(given, name)]));
    const gradients = differentiate(own, (at) => fn(at, given));
    return { ...gradients, 'the value': fn(own, given) };
  }, inputs);
  const point = valuesOf(inputs);
  const gradients = interpret(graph, point);
  for (const name of differentiable) {
    const expected = centralDifferences(array(graph, 'the value'), point, name);
    expect(relativeDifference(array(gradients, name).data, expected), name).toBeLessThan(1e-6);
  }
}

/** Points where the density is positive and smooth: without the outermost, and those outside. */
function interior({ z, size }: FamilyCase): number[] {
  return (size === 1 ? z.slice(1, 7) : z).flat();
}

describe.each(LABELLED_CASES)('%s', (_, given) => {
  const names = Object.keys(given.parameters);

  it('has draws whose derivatives by each parameter are their central differences', () => {
    const noise = noiseFor(familyOf(given.family, given.hyperparameters), DRAWS, given.size, 3);
    expectGradients({ ...given.parameters, ...noise }, names, (at, inputs) =>
      weighted(distributionOf(given, at).sample(noiseOf(inputs))),
    );
  });

  it('has a density whose derivatives by each parameter and the point are their central differences', () => {
    const points = interior(given);
    const z = { shape: [points.length / given.size, given.size], data: Float32Array.from(points) };
    expectGradients({ ...given.parameters, z }, [...names, 'z'], (at) =>
      weighted(distributionOf(given, at).logProb(tensor(at, 'z'))),
    );
  });
});
