import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { Runtime, TensorFunction } from '../../../../src/model/runtime/runtime.ts';
import { canSample, isShared, likelihoodSizes } from '../../../../src/model/specification.ts';
import { createEagerRuntime } from '../../../support/eager-runtime.ts';
import {
  arraysOf,
  LIKELIHOOD_CASES,
  likelihoodFrom,
  type LikelihoodCase,
} from '../../../support/likelihood-cases.ts';
import { at } from '../../../support/numbers.ts';
import { array, tensor } from '../../../support/tiny-model.ts';

let runtimes: Readonly<Record<string, Runtime>>;
beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
});
afterAll(() => array(runtimes, 'compiled').dispose());

async function evaluated(runtime: Runtime, given: LikelihoodCase) {
  const arrays = arraysOf(given);
  const fn: TensorFunction = (tensors) => {
    const likelihood = likelihoodFrom(given.spec, tensors);
    const x = tensor(tensors, 'x');
    return {
      log_prob: likelihood.logProb(x),
      terms: likelihood.logProbByColumn(x),
      mean: likelihood.mean(),
      input: likelihoodFamily(given.spec).encoderInput(x),
    };
  };
  const specs = Object.entries(arrays).map(([name, { shape }]) => {
    return [name, { shape, dtype: 'float32' as const }] as const;
  });
  const compiled = await runtime.compile(fn, Object.fromEntries(specs));
  const results = await compiled.run(arrays);
  await compiled.dispose();
  return results;
}

/** Within float32's reach of values, and of the size of what is added up to them. */
function expectClose(found: ArrayLike<number>, expected: readonly number[], sizes: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    const tolerance = 4e-6 * Math.max(at(sizes, i), Math.abs(value));
    expect(Math.abs(at(found, i) - value), `element ${i}: ${at(found, i)}, ${value}`).toBeLessThan(tolerance);
  });
}

/** x r, e^r and log x! of a large count nearly cancel. */
function sizesOf({ spec, x, output, logProbByColumn }: LikelihoodCase): number[] {
  if (!isShared(spec) || canSample(spec)) return logProbByColumn.map((term) => Math.abs(term) + 2);
  return x.map((count, i) => Math.max(1, count * Math.abs(at(output, i))));
}

describe.each(['eager', 'compiled'])('%s', (name) => {
  it.each(LIKELIHOOD_CASES)('$name agrees with SciPy', async (given) => {
    const results = await evaluated(array(runtimes, name), given);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const sizes = sizesOf(given);
    expectClose(array(results, 'terms').data, given.logProbByColumn, sizes);
    expectClose(array(results, 'log_prob').data, [sum(given.logProbByColumn)], [sum(sizes)]);
    expectClose(
      array(results, 'mean').data,
      given.mean,
      given.mean.map(() => 1),
    );
  });
});

describe.each(LIKELIHOOD_CASES)('$name', ({ spec, x, output, extra }) => {
  const sizes = likelihoodSizes(spec, x.length);

  it('has the sizes that its specification foretells', () => {
    const lengths = Object.entries(extra).map(([name, values]) => [name, [values.length]] as const);
    expect(output).toHaveLength(sizes.output);
    expect(sizes.extraShapes).toEqual(Object.fromEntries(lengths));
  });

  it('shows the encoder as many finite numbers as it says', async () => {
    const given = { name: '', spec, x, output, extra, logProbByColumn: [], mean: [] };
    const { input } = await evaluated(array(runtimes, 'compiled'), given);
    expect(input?.shape).toEqual([1, sizes.input]);
    expect(input?.data.every(Number.isFinite)).toBe(true);
  });
});
