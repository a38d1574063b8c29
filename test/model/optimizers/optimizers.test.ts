import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOptimizer } from '../../../src/model/optimizers/optimizers.ts';
import type { Tensors } from '../../../src/model/runtime/runtime.ts';
import type { OptimizerSpec } from '../../../src/model/specification.ts';
import { at, normals, relativeDifference } from '../../support/numbers.ts';

const [SIZE, STEPS] = [6, 50];

beforeAll(() => tf.setBackend('cpu'));

type Textbook = (gradient: number, parameter: number, t: number) => number;

const TEXTBOOKS: {
  readonly [Name in OptimizerSpec['name']]: (spec: Extract<OptimizerSpec, { name: Name }>) => Textbook;
} = {
  sgd: (spec) => (g, w) => w - spec.learning_rate * g,
  adagrad: (spec) => {
    let sum = spec.epsilon ** 2;
    return (g, w, t) => {
      sum += g * g;
      return t <= spec.accumulate_steps ? w : w - (spec.learning_rate * g) / Math.sqrt(sum);
    };
  },
  adam: (spec) => {
    let [m, v] = [0, 0];
    return (g, w, t) => {
      m = spec.beta1 * m + (1 - spec.beta1) * g;
      v = spec.beta2 * v + (1 - spec.beta2) * g * g;
      const [mHat, vHat] = [m / (1 - spec.beta1 ** t), v / (1 - spec.beta2 ** t)];
      return w - (spec.learning_rate * mHat) / (Math.sqrt(vHat) + spec.epsilon);
    };
  },
  rmsprop: (spec) => {
    let meanSquare = 0;
    return (g, w) => {
      meanSquare = spec.decay * meanSquare + (1 - spec.decay) * g * g;
      return w - (spec.learning_rate * g) / (Math.sqrt(meanSquare) + spec.epsilon);
    };
  },
};

const SPECS: readonly OptimizerSpec[] = [
  { name: 'sgd', learning_rate: 0.05 },
  { name: 'adagrad', learning_rate: 0.1, epsilon: 1e-8, accumulate_steps: 0 },
  { name: 'adagrad', learning_rate: 0.1, epsilon: 0.1, accumulate_steps: 3 },
  { name: 'adam', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  { name: 'adam', learning_rate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 0.1 },
  { name: 'adam', learning_rate: 0.01, beta1: 0, beta2: 0, epsilon: 1e-3 },
  { name: 'rmsprop', learning_rate: 0.01, decay: 0.9, epsilon: 1e-8 },
  { name: 'rmsprop', learning_rate: 0.01, decay: 0, epsilon: 0.1 },
];

const gradientOf = (step: number) => normals(100 + step, SIZE);

function textbook(spec: OptimizerSpec, start: Float32Array): number[] {
  const make = TEXTBOOKS[spec.name] as (spec: OptimizerSpec) => Textbook;
  return Array.from(start, (value, i) => {
    const update = make(spec);
    let parameter = value;
    for (let step = 0; step < STEPS; step++) parameter = update(at(gradientOf(step), i), parameter, step + 1);
    return parameter;
  });
}

function ours(spec: OptimizerSpec, start: Float32Array): Float32Array {
  const optimizer = createOptimizer(spec);
  let parameter: tf.Tensor = tf.tensor1d(start);
  let slots: Tensors = Object.fromEntries(
    Object.entries(optimizer.slots).map(([name, value]) => [name, tf.fill([SIZE], value)]),
  );
  for (let step = 0; step < STEPS; step++) {
    const numbers = optimizer.scalars(step);
    const scale = optimizer.lossScale ?? 1;
    const scalars = Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]),
    );
    const gradient = tf.mul(tf.tensor1d(gradientOf(step)), scale);
    ({ parameter, slots } = optimizer.update(parameter, gradient, slots, scalars));
  }
  return parameter.dataSync() as Float32Array;
}

describe('an optimizer', () => {
  it.each(SPECS)('follows its textbook formula over 50 steps: %o', (spec) => {
    const start = normals(1, SIZE);
    expect(relativeDifference(ours(spec, start), textbook(spec, start))).toBeLessThan(2e-6);
  });
});
