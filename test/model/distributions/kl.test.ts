import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DistributionFamily } from '../../../src/model/distributions/distribution.ts';
import { standardNormal } from '../../../src/model/distributions/families/gaussian.ts';
import { klDivergence } from '../../../src/model/distributions/kl.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays, Runtime, Tensors } from '../../../src/model/runtime/runtime.ts';
import {
  describedFamily,
  FAMILY_NAMES,
  type FamilyName,
} from '../../../src/model/specification/families/families.ts';
import { differentiate } from '../../../src/model/training/step.ts';
import { centralDifferences, graphOf, inFloat } from '../../support/evaluate.ts';
import { arraysOf, distributionOf, familyOf, noiseFor, noiseOf } from '../../support/family-cases.ts';
import { interpret } from '../../support/interpreter.ts';
import { at, estimateOf, relativeDifference } from '../../support/numbers.ts';
import { array, valuesOf } from '../../support/tiny-model.ts';

const DRAWS = 100_000;

let runtime: Runtime;
beforeAll(async () => {
  await tf.setBackend('cpu');
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
});
afterAll(() => runtime.dispose());

type Parameters = Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;

/** Distributions between which divergences are near 1, with tails that let draws estimate them well. */
const POSTERIORS: { readonly [Name in FamilyName]: Parameters } = {
  exponential: { rate: [2.5] },
  cauchy: { location: [1.5], scale: [0.5] },
  rayleigh: { scale: [0.4] },
  pareto: { scale: [0.4], shape: [4] },
  weibull: { scale: [0.6], shape: [1.7] },
  reciprocal: { low: [0.25], ratio: [3] },
  gompertz: { shape: [1], scale: [1] },
  gumbel: { location: [1], scale: [0.3] },
  erlang: { rate: [4] },
  laplace: { location: [1.5], scale: [0.4] },
  full_gaussian: {
    mean: [1, -0.5],
    cholesky: [
      [0.5, 0],
      [0.4, 0.3],
    ],
  },
  student_t: { location: [1.5], scale: [0.4] },
  logistic: { location: [1.5], scale: [0.25] },
  uniform: { low: [0.5], width: [1.5] },
  triangular: { location: [0.5], scale: [2] },
  gaussian: { mean: [1.5], log_variance: [-1.5] },
  log_normal: { location: [-0.7], scale: [0.4] },
  gamma: { shape: [3], rate: [6] },
  dirichlet: { concentration: [4, 1.5, 2] },
  beta: { alpha: [4], beta: [2] },
  chi_squared: { degrees_of_freedom: [10] },
  f: { d1: [4], d2: [8] },
};
const PRIORS: Partial<Record<FamilyName, Parameters>> = {
  exponential: { rate: [0.4] },
  cauchy: { location: [-0.5], scale: [1] },
  rayleigh: { scale: [1.2] },
  weibull: { scale: [1.8], shape: [1.5] },
  gumbel: { location: [-0.5], scale: [1] },
  erlang: { rate: [1] },
  laplace: { location: [0], scale: [0.8] },
  gaussian: { mean: [0.2], log_variance: [0.3] },
  log_normal: { location: [0.5], scale: [1.2] },
  gamma: { shape: [2.5], rate: [1.4] },
  dirichlet: { concentration: [1, 2, 3] },
  beta: { alpha: [1.5], beta: [3] },
  chi_squared: { degrees_of_freedom: [3.5] },
};

const PAIRS = FAMILY_NAMES.flatMap((q) => {
  const { closedFormKl } = describedFamily(q);
  return FAMILY_NAMES.filter((p) => closedFormKl.includes(p)).map((p) => [q, p] as const);
});

const prefixed = (arrays: FloatArrays, mark: string): FloatArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, value]) => [mark + name, value]));

const picked = (tensors: Tensors, mark: string): Tensors => {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(mark));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(mark.length), value]));
};

function pairOf(q: FamilyName, p: FamilyName) {
  const given = { q: arraysOf(POSTERIORS[q]), p: arraysOf(array(PRIORS as Record<string, Parameters>, p)) };
  const divergence = klDivergence(q, p);
  if (!divergence) throw new RangeError(`no closed form of ${q}|${p}`);
  const of = (name: FamilyName, mark: 'q' | 'p', inputs: Tensors) =>
    distributionOf(
      { family: name, hyperparameters: {}, parameters: given[mark] },
      picked(inputs, `${mark}.`),
    );
  return {
    inputs: { ...prefixed(given.q, 'q.'), ...prefixed(given.p, 'p.') },
    distributions: (inputs: Tensors) => ({ q: of(q, 'q', inputs), p: of(p, 'p', inputs) }),
    divergence: (inputs: Tensors): tf.Tensor => divergence(of(q, 'q', inputs), of(p, 'p', inputs)),
  };
}

/** The same numbers serve every family that asks for as many. */
const drawn = new Map<string, FloatArrays>();
function noiseOnce(family: DistributionFamily, size: number): FloatArrays {
  const key = JSON.stringify([family.noise, size]);
  const noise = drawn.get(key) ?? noiseFor(family, DRAWS, size, 5);
  drawn.set(key, noise);
  return noise;
}

describe.each(PAIRS)('KL(%s || %s)', (q, p) => {
  it('is the mean of log q(z) - log p(z) over draws of q', async () => {
    const { inputs, distributions, divergence } = pairOf(q, p);
    const size = q === 'full_gaussian' ? 2 : q === 'dirichlet' ? 3 : 1;
    const found = await inFloat(
      runtime,
      (given) => {
        const both = distributions(given);
        const z = both.q.sample(noiseOf(given));
        return { exact: divergence(given), ratios: tf.sub(both.q.logProb(z), both.p.logProb(z)) };
      },
      { ...inputs, ...noiseOnce(familyOf(q), size) },
    );
    const exact = at(array(found, 'exact').data, 0);
    const { mean, standardError } = estimateOf(array(found, 'ratios').data);
    expect(Math.abs(mean - exact)).toBeLessThan(4 * standardError);
    expect(4 * standardError).toBeLessThan(0.02 * exact);
  });

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
