import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { Runtime } from '../../../../src/model/runtime/runtime.ts';
import { inFloat } from '../../../support/evaluate.ts';
import {
  distributionOf,
  familyOf,
  LABELLED_CASES,
  noiseFor,
  noiseOf,
  PROBABILITIES,
  type FamilyCase,
} from '../../../support/family-cases.ts';
import { at } from '../../../support/numbers.ts';
import { array } from '../../../support/tiny-model.ts';

const DRAWS = 20_000;
/** sqrt(n) D stays below this in 999 of 1000 tests (Kolmogorov-Smirnov). */
const THRESHOLD = 1.95;

let runtime: Runtime;
beforeAll(() => {
  runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
});
afterAll(() => runtime.dispose());

async function draw(given: FamilyCase, seed: number): Promise<Float32Array> {
  const family = familyOf(given.family, given.hyperparameters);
  const outputs = await inFloat(
    runtime,
    (inputs) => ({ z: distributionOf(given, inputs).sample(noiseOf(inputs)) }),
    { ...given.parameters, ...noiseFor(family, DRAWS, given.size, seed) },
  );
  return array(outputs, 'z').data;
}

/** sqrt(n) times the largest distance to the distribution function, looked at where SciPy's quantiles are. */
function distance(values: Float64Array, quantiles: readonly (number | null)[]): number {
  const sorted = values.slice().sort();
  let below = 0;
  const distances = quantiles.map((quantile, i) => {
    while (below < sorted.length && at(sorted, below) <= (quantile ?? NaN)) below++;
    return Math.abs(below / sorted.length - at(PROBABILITIES, i));
  });
  return Math.max(...distances) * Math.sqrt(values.length);
}

function projected(z: Float32Array, size: number, weights: readonly number[]): Float64Array {
  return Float64Array.from({ length: DRAWS }, (_, i) =>
    weights.reduce((sum, weight, j) => sum + weight * at(z, i * size + j), 0),
  );
}

describe.each(LABELLED_CASES)('%s', (_, given) => {
  it('draws from its distribution function', async () => {
    const z = await draw(given, 7);
    for (const { weights, quantiles } of given.projections) {
      const values = projected(z, given.size, weights);
      expect(distance(values, quantiles)).toBeLessThan(THRESHOLD);
      // The test has teeth: draws a tenth too far from the median do not pass.
      const median = quantiles[PROBABILITIES.indexOf(0.5)] ?? NaN;
      const stretched = values.map((value) => median + 1.1 * (value - median));
      expect(distance(stretched, quantiles)).toBeGreaterThan(THRESHOLD);
    }
  });
});
