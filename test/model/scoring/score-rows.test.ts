import { afterAll, describe, expect, it } from 'vitest';
import { BatchedFunctions } from '../../../src/model/evaluation/batches.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArray } from '../../../src/model/runtime/runtime.ts';
import { scoreRows, separateColumns, type ScoreOrder } from '../../../src/model/scoring/score-rows.ts';
import { createVae } from '../../../src/model/vae.ts';
import { conditionals, covarianceOf, meanFieldEncoder } from '../../support/linear-conditionals.ts';
import {
  exactLogLikelihoods,
  gaussianLogProb,
  linearGaussian,
  range,
} from '../../support/linear-gaussian.ts';
import { at, meanOf } from '../../support/numbers.ts';
import { modelSpec } from '../../support/specifications.ts';
import { randomParameters } from '../../support/tiny-model.ts';

const [SIZE, ROWS] = [10, 100];
const NETWORK = { hidden_sizes: [4] };
const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
const functions = new BatchedFunctions(runtime);
afterAll(async () => {
  await functions.dispose();
  await runtime.dispose();
});

const linear = linearGaussian({ dataSize: SIZE, latentSize: 2, rows: ROWS, noiseVariance: 0.3 });
const vae = createVae(linear.model, [SIZE]);
const parameters = { ...meanFieldEncoder(linear), ...linear.decoder };
const conditionalsOf = conditionals(linear);
const rootMeanSquare = (values: readonly number[]) => Math.sqrt(meanOf(values.map((value) => value ** 2)));
const rowOf = ({ data }: FloatArray, row: number) => data.subarray(row * SIZE, (row + 1) * SIZE);

/** The rows, with one cell of each, another one every time, shifted by some of its standard deviations given the others. */
function shiftOneCell(deviations: number): FloatArray {
  const data = Float32Array.from(linear.rows.data);
  for (const row of range(ROWS)) {
    const deviation = conditionalsOf(rowOf(linear.rows, row))[row % SIZE]?.deviation ?? NaN;
    data[row * SIZE + (row % SIZE)] = at(data, row * SIZE + (row % SIZE)) + deviations * deviation;
  }
  return { shape: [ROWS, SIZE], data };
}

async function scoreAll(rows: FloatArray, order: Partial<ScoreOrder> = {}) {
  const columns = separateColumns(linear.model.likelihood, SIZE);
  const subject = { functions, vae, parameters, rows };
  const found: { score: number; standardError: number; surprises: number[] }[] = [];
  const whole = { subject, model: linear.model, columns, details: [], ...order } as const;
  await scoreRows(whole, ({ score, standardError, leaveOneOut }) => {
    found.push({ score, standardError, surprises: [...leaveOneOut.surprises()] });
  });
  return found;
}

describe('scores of a linear Gaussian model', () => {
  it.each([0, 8])(
    'with a cell %i standard deviations off are -log p(x), and the error is stated',
    async (off) => {
      const rows = shiftOneCell(off);
      const exact = exactLogLikelihoods({
        ...linear,
        rows: { ...linear.rows, data: Float32Array.from(rows.data) },
      });
      const found = await scoreAll(rows);
      const errors = found.map(({ score: value }, row) => value + at(exact, row));
      expect(rootMeanSquare(errors)).toBeLessThan(0.2);
      expect(rootMeanSquare(found.map(({ standardError }) => standardError))).toBeLessThan(0.3);
    },
  );

  it('have surprises of -log p(x_j|x without j)', async () => {
    const found = await scoreAll(linear.rows);
    const errors = found.flatMap(({ surprises }, row) =>
      conditionalsOf(rowOf(linear.rows, row)).map(({ surprise }, j) => at(surprises, j) - surprise),
    );
    expect(rootMeanSquare(errors)).toBeLessThan(0.2);
  });

  it('find the surprise of a cell 8 standard deviations off, 32 nats, and that it is the strangest', async () => {
    const rows = shiftOneCell(8);
    const found = await scoreAll(rows);
    const planted = range(ROWS).map((row) => ({
      found: found[row]?.surprises ?? [],
      exact: conditionalsOf(rowOf(rows, row)).map(({ surprise }) => surprise),
      at: row % SIZE,
    }));
    const errors = planted.map(({ found: own, exact, at: j }) => at(own, j) - at(exact, j));
    expect(meanOf(planted.map(({ exact, at: j }) => at(exact, j)))).toBeGreaterThan(30);
    expect(rootMeanSquare(errors)).toBeLessThan(0.3);
    const strangest = planted.filter(({ found: own, at: j }) => Math.max(...own) === at(own, j));
    expect(strangest.length).toBeGreaterThan(0.95 * ROWS);
  });

  it('leave out the features of one column together', async () => {
    const columns = [
      [0, 1],
      ...range(SIZE)
        .slice(2)
        .map((feature) => [feature]),
    ];
    const others = covarianceOf(linear)
      .slice(2)
      .map((row) => row.slice(2));
    const exact = exactLogLikelihoods(linear);
    const [apart, together] = [await scoreAll(linear.rows), await scoreAll(linear.rows, { columns })];
    const errors = together.map(({ surprises, score: value }, row) => {
      expect(value).toBeCloseTo(apart[row]?.score ?? NaN, 10);
      surprises.slice(1).forEach((own, i) => {
        expect(own).toBeCloseTo(at(apart[row]?.surprises ?? [], i + 2), 10);
      });
      const rest = Array.from(rowOf(linear.rows, row).subarray(2), (x, i) => x - at(linear.bias, i + 2));
      return at(surprises, 0) - (gaussianLogProb(others, rest) - at(exact, row));
    });
    expect(rootMeanSquare(errors)).toBeLessThan(0.4);
  });
});

describe('scores', () => {
  it('of a row are the same alone and among others', async () => {
    const all = await scoreAll(linear.rows);
    for (const row of [0, 37, ROWS - 1]) {
      const [alone] = await scoreAll({ shape: [1, SIZE], data: rowOf(linear.rows, row) });
      expect(alone?.score).toBeCloseTo(all[row]?.score ?? NaN, 4);
    }
  });

  it.each([
    { family: 'categorical', groups: [3, 2] },
    { family: 'bernoulli' },
    { family: 'poisson' },
    { family: 'student_t' },
  ])('of rows of $family add up to finite numbers, also for a value far off', async (likelihood) => {
    const model = modelSpec({ latent_size: 2, encoder: NETWORK, decoder: NETWORK, likelihood });
    const own = createVae(model, [5]);
    const rows = { shape: [2, 5], data: Float32Array.of(0, 1, 0, 1, 0, 1, 0, 0, 0, 1) };
    const far = { shape: [1, 5], data: Float32Array.of(1e30, 0, 0, 0, 0) };
    const subject = {
      functions: new BatchedFunctions(runtime),
      vae: own,
      parameters: randomParameters(own.shapes, 1),
    };
    for (const given of [rows, far]) {
      await scoreRows(
        {
          subject: { ...subject, rows: given },
          model,
          columns: separateColumns(model.likelihood, 5),
          details: ['means'],
        },
        ({ score: value, standardError, leaveOneOut, details: { means = [] } }) => {
          const numbers = [
            value,
            standardError,
            ...leaveOneOut.surprises(),
            ...leaveOneOut.weights(0),
            ...means,
          ];
          expect(numbers.every(Number.isFinite)).toBe(true);
        },
      );
    }
    await subject.functions.dispose();
  });
});
