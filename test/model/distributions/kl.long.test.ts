import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DistributionFamily } from '../../../src/model/distributions/distribution.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays, Runtime } from '../../../src/model/runtime/runtime.ts';
import { PAIRS, pairOf } from '../../support/divergence-cases.ts';
import { inFloat } from '../../support/evaluate.ts';
import { familyOf, noiseFor, noiseOf } from '../../support/family-cases.ts';
import { at, estimateOf } from '../../support/numbers.ts';
import { array } from '../../support/tiny-model.ts';

const DRAWS = 100_000;

let runtime: Runtime;
beforeAll(async () => {
  await tf.setBackend('cpu');
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
});
afterAll(() => runtime.dispose());

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
});
