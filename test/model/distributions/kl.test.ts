import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { standardNormal } from '../../../src/model/distributions/families/gaussian.ts';
import { klDivergence } from '../../../src/model/distributions/kl.ts';
import type { Tensors } from '../../../src/model/runtime/runtime.ts';
import { describedFamily, FAMILY_NAMES } from '../../../src/model/specification/families/families.ts';
import { differentiate } from '../../../src/model/training/step.ts';
import { PAIRS, pairOf } from '../../support/divergence-cases.ts';
import { centralDifferences, graphOf } from '../../support/evaluate.ts';
import { familyOf } from '../../support/family-cases.ts';
import { interpret } from '../../support/interpreter.ts';
import { at, relativeDifference } from '../../support/numbers.ts';
import { array, valuesOf } from '../../support/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

// kl.long.test.ts holds the values against draws.
describe.each(PAIRS)('KL(%s || %s)', (q, p) => {
  it('has the derivatives that its central differences have', () => {
    const { inputs, divergence } = pairOf(q, p);
    const names = Object.keys(inputs);
    const graph = graphOf((given) => {
      const value = (at: Tensors): tf.Scalar => tf.sum(divergence(at));
      return { ...differentiate(given, value), 'the value': value(given) };
    }, inputs);
    const found = interpret(graph, valuesOf(inputs));
    for (const name of names) {
      const expected = centralDifferences(array(graph, 'the value'), valuesOf(inputs), name);
      expect(relativeDifference(array(found, name).data, expected), name).toBeLessThan(2e-6);
    }
  });
});

describe('klDivergence', () => {
  it('knows the pairs of the list, and no others', () => {
    const listed = new Set(PAIRS.map((pair) => pair.join('|')));
    expect(listed.size).toBe(FAMILY_NAMES.flatMap((q) => describedFamily(q).closedFormKl).length);
    for (const q of FAMILY_NAMES)
      for (const p of FAMILY_NAMES) expect(klDivergence(q, p) !== undefined).toBe(listed.has(`${q}|${p}`));
  });

  it('is infinite from a Student t without a variance', () => {
    const q = familyOf('student_t', { degrees_of_freedom: 2 }).of({
      location: tf.tensor1d([0]),
      scale: tf.tensor1d([1]),
    });
    const kl = klDivergence('student_t', 'gaussian')?.(q, standardNormal());
    expect(at(kl?.dataSync() ?? [], 0)).toBe(Infinity);
  });
});
