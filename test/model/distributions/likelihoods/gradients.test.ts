import { describe, expect, it } from 'vitest';
import { trace } from '../../../../src/model/runtime/onnx/trace.ts';
import type { ArraySpecs, Tensors } from '../../../../src/model/runtime/runtime.ts';
import { differentiate } from '../../../../src/model/training/step.ts';
import * as tf from '@tensorflow/tfjs';
import { interpret } from '../../../support/interpreter.ts';
import {
  arraysOf,
  LIKELIHOOD_CASES,
  likelihoodFrom,
  type LikelihoodCase,
} from '../../../support/likelihood-cases.ts';
import { at, relativeDifference } from '../../../support/numbers.ts';
import { array, tensor, valuesOf } from '../../../support/tiny-model.ts';

const STEP = 1e-5;

/** log p(x|z) and its gradients by the decoder's output and the extra parameters, as a graph. */
function graphOf(given: LikelihoodCase) {
  const arrays = arraysOf(given);
  const names = Object.keys(arrays).filter((name) => name !== 'x');
  const specs = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: 'float32' }]),
  ) satisfies ArraySpecs;
  const { outputs } = trace(
    specs,
    (tensors) => {
      const logProb = (parameters: Tensors): tf.Scalar =>
        tf.sum(likelihoodFrom(given.spec, parameters).logProb(tensor(tensors, 'x')));
      const own = Object.fromEntries(names.map((name) => [name, tensor(tensors, name)]));
      return { ...differentiate(own, logProb), log_prob: logProb(own) };
    },
    (result) => result,
  );
  return { outputs, names, point: valuesOf(arrays) };
}

describe('the gradient of log p(x|z)', () => {
  it.each(LIKELIHOOD_CASES)('is its central difference: $name', (given) => {
    const { outputs, names, point } = graphOf(given);
    const gradients = interpret(outputs, point);
    for (const name of names) {
      const { shape, data } = array(point, name);
      const logProbAt = (i: number, step: number) => {
        const moved = data.slice();
        moved[i] = at(moved, i) + step;
        const value = interpret(
          { log_prob: array(outputs, 'log_prob') },
          { ...point, [name]: { shape, data: moved } },
        );
        return at(value.log_prob.data, 0);
      };
      const expected = data.map((_, i) => (logProbAt(i, STEP) - logProbAt(i, -STEP)) / (2 * STEP));
      expect(relativeDifference(array(gradients, name).data, expected), name).toBeLessThan(1e-6);
    }
  });
});
