import { afterAll, describe, expect, it } from 'vitest';
import { Inference } from '../../src/model/evaluation/compiled-model.ts';
import { createOnnxRuntime } from '../../src/model/runtime/onnx/onnx-runtime.ts';
import type { TableSchema } from '../../src/model/table.ts';
import type { RowReader } from '../../src/store/datasets.ts';
import { fidelity } from '../../src/worker/inference/fidelity.ts';
import type { InferenceSubject } from '../../src/worker/inference/operation.ts';
import { codeOf } from '../store/support.ts';
import { datasetRecord } from '../support/fake-stores.ts';
import { linearGaussian, range } from '../support/linear-gaussian.ts';
import { trainingSpec } from '../support/specifications.ts';
import { common } from '../support/table-columns.ts';

const [SIZE, ROWS] = [4, 3000];
const linear = linearGaussian({ dataSize: SIZE, latentSize: 2, rows: 4, noiseVariance: 0.4 });
const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
const inference = Inference.of(runtime, linear.model, [SIZE]);
const parameters = linear.decoder;
afterAll(async () => {
  await inference.dispose();
  await runtime.dispose();
});

const table: TableSchema = {
  columns: range(SIZE).map((i) => ({
    ...common,
    name: `x${i}`,
    role: 'number',
    format: { decimal: '.', grouping: null, unit: null },
    decimals: 3,
    offset: 0,
    also_missing: [],
  })),
  missing_marks: [],
};

/** Rows that the model itself has drawn, changed. */
async function drawRows(change: (value: number, column: number) => number): Promise<Float32Array> {
  const noise = { seed: 99, stream: 'inference' } as const;
  const { latents } = await inference.sample(parameters, ROWS, noise);
  const { data } = await inference.drawData(parameters, latents, noise);
  return data.map((value, i) => change(value, i % SIZE));
}

function subjectOf(rows: Float32Array, validationFraction = 0.5): InferenceSubject {
  const record = datasetRecord({
    rows: ROWS,
    data_size: SIZE,
    row_shape: [SIZE],
    dtype: 'float32',
    scale: 1,
  });
  const reader: RowReader = {
    record,
    readRows: async (indices, out) => {
      Array.from(indices).forEach((row, i) => {
        out.set(rows.subarray(row * SIZE, (row + 1) * SIZE), i * SIZE);
      });
    },
    close: async () => undefined,
  };
  const training = trainingSpec({ validation_fraction: validationFraction });
  return {
    inference,
    parameters,
    datasets: { use: async (_id: string, work: (reader: RowReader) => unknown) => work(reader) },
    record: {
      id: 'model',
      data_size: SIZE,
      dataset_id: record.id,
      table,
      model: linear.model,
      training,
      split: 'separate',
    },
  } as unknown as InferenceSubject;
}

const input = { samples: 1000, seed: 5 };

describe('samples beside validation rows', () => {
  it('cannot be told apart if the model has made the rows', async () => {
    const output = await fidelity.run(subjectOf(await drawRows((value) => value)), input);
    expect([...output.rows.data]).toEqual([1000]);
    const [auc = NaN, error = NaN] = output.auc.data;
    expect(Math.abs(auc - 0.5)).toBeLessThan(4 * error);
    const [data = NaN, samples = NaN] = output.correlations?.data ?? [];
    expect(Math.abs(data - samples)).toBeLessThan(0.15);
    for (const feature of range(SIZE)) {
      const [mean = NaN, meanError = NaN, deviation = NaN, deviationError = NaN] =
        output.data_moments.data.subarray(4 * feature);
      const [ownMean = NaN, , ownDeviation = NaN] = output.sample_moments.data.subarray(4 * feature);
      expect(Math.abs(mean - ownMean)).toBeLessThan(6 * meanError);
      expect(Math.abs(deviation - ownDeviation)).toBeLessThan(6 * deviationError);
    }
    expect(await fidelity.run(subjectOf(await drawRows((value) => value)), input)).toEqual(output);
  });

  it('are told apart by what differs, and have the gaps of the rows', async () => {
    const changed = await drawRows((value, column) => (column === 2 ? -value + 1 : value));
    const output = await fidelity.run(subjectOf(changed), input);
    expect(output.auc.data[0]).toBeGreaterThan(0.75);
    expect([...(output.correlated?.data ?? [])]).toContain(2);
    const gaps = changed.map((value, i) => (i % SIZE === 1 && i % 3 === 0 ? NaN : value));
    const { missing } = await fidelity.run(subjectOf(gaps), input);
    expect(missing.data[0]).toBe(0);
    expect(missing.data[1]).toBeCloseTo(1 / 3, 1);
  });

  it('need validation rows', async () => {
    const rows = await drawRows((value) => value);
    expect(await codeOf(fidelity.run(subjectOf(rows, 0), input))).toBe('data_invalid');
    expect(await codeOf(fidelity.run(subjectOf(rows, 0.002), input))).toBe('data_invalid');
  });
});
