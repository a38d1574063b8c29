import { expect } from 'vitest';
import { createEstimator } from '../../src/model/estimators/estimators.ts';
import { trace } from '../../src/model/runtime/onnx/trace.ts';
import { fuse } from '../../src/model/runtime/onnx/fuse.ts';
import type { Node } from '../../src/model/runtime/onnx/ir.ts';
import type { ArraySpecs, FloatArrays, Tensors } from '../../src/model/runtime/runtime.ts';
import { ACTIVATIONS, type Activation, type ObjectiveSpec } from '../../src/model/specification.ts';
import { lossOf } from '../../src/model/training/objective.ts';
import { differentiate } from '../../src/model/training/step.ts';
import { createVae } from '../../src/model/vae.ts';
import type { Value } from './dense-array.ts';
import { interpret } from './interpreter.ts';
import { at, normals, relativeDifference, uniforms } from './numbers.ts';
import { array, LIKELIHOODS, randomParameters, tensor, tinyModel, valuesOf } from './tiny-model.ts';

const [ROWS, DRAWS, DATA_SIZE, LATENT_SIZE, DATASET_SIZE] = [2, 2, 3, 2, 10];
const STEP = 1e-5;

const OBJECTIVES: readonly ObjectiveSpec[] = [{ name: 'ml' }, { name: 'map', prior_standard_deviation: 0.7 }];

export interface GradientCase {
  readonly estimator: (typeof ESTIMATORS)[number];
  readonly likelihood: string;
  readonly objective: ObjectiveSpec;
  readonly activation: Activation;
}

/** Those whose surrogate is the bound itself, with every draw differentiated. */
const ESTIMATORS = ['sgvb_a', 'sgvb_b', 'importance_weighted'] as const;

/** Each with each. */
export const GRADIENT_CASES = ESTIMATORS.flatMap((estimator) =>
  Object.keys(LIKELIHOODS).flatMap((likelihood) =>
    OBJECTIVES.flatMap((objective) =>
      ACTIVATIONS.map((activation): GradientCase => ({ estimator, likelihood, objective, activation })),
    ),
  ),
);

/** The loss and its gradients as a graph, with a point at which to look at them. */
function lossGraph({ estimator, likelihood, objective, activation }: GradientCase) {
  const vae = createVae(tinyModel(array(LIKELIHOODS, likelihood), activation), [DATA_SIZE]);
  const parameters = randomParameters(vae.shapes, 3);
  const data: FloatArrays = {
    x: { shape: [ROWS, DATA_SIZE], data: uniforms(1, ROWS * DATA_SIZE, 0.05, 0.95) },
    noise: { shape: [DRAWS, ROWS, LATENT_SIZE], data: normals(2, DRAWS * ROWS * LATENT_SIZE) },
  };
  const names = Object.keys(parameters);
  const point = { ...parameters, ...data };
  const { graph, outputs } = trace(
    Object.fromEntries(
      Object.entries(point).map(([name, { shape }]) => [name, { shape, dtype: 'float32' }]),
    ) satisfies ArraySpecs,
    (given) => {
      const own = Object.fromEntries(names.map((name) => [name, tensor(given, name)]));
      const loss = (at: Tensors) => {
        const noise = { normal: tensor(given, 'noise') };
        const estimate = createEstimator({ name: estimator });
        const { surrogate } = estimate({ vae, parameters: at, x: tensor(given, 'x'), noise });
        return lossOf(objective, surrogate, at, DATASET_SIZE);
      };
      return { ...differentiate(own, loss), loss: loss(own) };
    },
    (result) => result,
  );
  return { graph: fuse(graph, outputs), names, point: valuesOf(point) };
}

function centralDifferences(loss: Node, point: Readonly<Record<string, Value>>, name: string): Float64Array {
  const { shape, data } = array(point, name);
  const lossAt = (i: number, step: number) => {
    const moved = data.slice();
    moved[i] = at(moved, i) + step;
    return at(interpret({ loss }, { ...point, [name]: { shape, data: moved } }).loss.data, 0);
  };
  return data.map((_, i) => (lossAt(i, STEP) - lossAt(i, -STEP)) / (2 * STEP));
}

/** Holds the gradient of the loss against its central differences. */
export function expectCentralDifferences(given: GradientCase): void {
  const { graph, names, point } = lossGraph(given);
  const gradients = interpret(graph, point);
  for (const name of names) {
    const expected = centralDifferences(array(graph, 'loss'), point, name);
    expect(relativeDifference(array(gradients, name).data, expected), name).toBeLessThan(1e-6);
  }
}
