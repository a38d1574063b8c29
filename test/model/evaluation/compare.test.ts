import { afterAll, describe, expect, it } from 'vitest';
import { compareWithFloors } from '../../../src/model/evaluation/compare.ts';
import { evaluate } from '../../../src/model/evaluation/evaluate.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import { interpretComparison, warnOfComparison } from '../../../src/model/specification.ts';
import { exactEncoder, exactLogLikelihoods, linearGaussian } from '../../support/linear-gaussian.ts';
import { meanOf } from '../../support/numbers.ts';
import { rowSetOf } from '../../support/row-sets.ts';
import { trainingSpec } from '../../support/specifications.ts';

const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

const LINEAR = linearGaussian({ dataSize: 6, latentSize: 1, rows: 300, noiseVariance: 0.4 });
const INPUT = {
  runtime,
  model: LINEAR.model,
  training: trainingSpec(),
  rowShape: [6],
  parameters: { ...exactEncoder(LINEAR), ...LINEAR.decoder },
  rows: rowSetOf(LINEAR.rows),
  trainRows: rowSetOf(LINEAR.rows),
  seed: 1,
  step: 7,
};
const quiet = async () => undefined;

describe('the comparison of a model with its floors', () => {
  it('has the numbers of an evaluation, and their difference row by row', async () => {
    const found = await compareWithFloors(INPUT, quiet);
    const measures = [{ name: 'elbo', samples: 8 }, { name: 'floors' }] as const;
    const { report } = await evaluate(INPUT, measures, quiet);
    expect(found?.bound).toEqual({ mean: report.elbo?.mean, standard_error: report.elbo?.standard_error });
    expect(found?.independent.mean).toBe(report.floors?.independent.mean);
    expect(found?.probabilistic_pca?.mean).toBe(report.floors?.probabilistic_pca?.mean);
    expect(found?.gain.mean).toBeCloseTo(
      (report.elbo?.mean ?? NaN) - (report.floors?.independent.mean ?? NaN),
      6,
    );
    expect(found).toMatchObject({ step: 7, rows: 300, above_floor: true });
    expect(Math.abs((found?.bound.mean ?? NaN) - meanOf(exactLogLikelihoods(LINEAR)))).toBeLessThan(0.02);
  });

  it('is none if the bound is not finite', async () => {
    const weight = LINEAR.decoder['decoder.output.weight'];
    const broken = { shape: weight?.shape ?? [], data: new Float32Array(weight?.data.length ?? 0).fill(NaN) };
    const parameters = { ...INPUT.parameters, 'decoder.output.weight': broken };
    expect(await compareWithFloors({ ...INPUT, parameters }, quiet)).toBeNull();
  });

  it('can be ended between batches', async () => {
    await expect(compareWithFloors(INPUT, () => Promise.reject(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});

describe('what a comparison means', () => {
  const of = (mean: number, standard_error: number | null) =>
    interpretComparison({
      step: 1,
      rows: 50,
      bound: { mean: mean - 20, standard_error: 0.3 },
      independent: { mean: -20, standard_error: 0.3 },
      probabilistic_pca: null,
      gain: { mean, standard_error },
    });

  it.each([
    { gain: 1, error: 0.4, above: true },
    { gain: 1, error: 0.6, above: false },
    { gain: 0, error: 0, above: false },
    { gain: 1e-6, error: 0, above: false },
    { gain: -3, error: 0.1, above: false },
    { gain: 3, error: null, above: false },
  ])('a gain of $gain ± $error is above the floor: $above', ({ gain, error, above }) => {
    const found = of(gain, error);
    expect(found.above_floor).toBe(above);
    expect(warnOfComparison(found)).toEqual(above ? [] : [found.summary]);
  });

  it('is one sentence with the bound, the floor and the error', () => {
    expect(of(1, 0.4).summary).toBe(
      'On 50 validation rows the bound is -19.00 nats per row, 1.00 ± 0.40 above -20.00, the floor of a model that treats the values of a row as independent: the model has learned how the values depend on each other.',
    );
    expect(of(0.5, 0.4).summary).toMatch(
      /-19\.50 nats per row, which is not clearly above -20\.00, .* \(difference 0\.50 ± 0\.40\): the model has not learned/,
    );
  });

  it('is no warning for models that were not compared', () => {
    expect(warnOfComparison(null)).toEqual([]);
  });
});
