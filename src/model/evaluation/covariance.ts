import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { FloatArray, Runtime } from '../runtime/runtime.ts';
import type { RowBatch } from './measures/measure.ts';

const ROWS = 512;

/** The maximum likelihood covariance of rows, [size, size]: means of squares and products of rows minus `mean`. */
export async function computeCovariance(
  runtime: Runtime,
  batches: AsyncIterable<RowBatch>,
  mean: Float64Array,
  between: () => Promise<void>,
): Promise<Float64Array[]> {
  const size = mean.length;
  const products = await runtime.compile(
    ({ rows }) => ({ sums: tf.matMul(rows as Tensor2D, rows as Tensor2D, true) }),
    { rows: { shape: [ROWS, size], dtype: 'float32' } },
  );
  const sums = Array.from({ length: size }, () => new Float64Array(size));
  let count = 0;
  try {
    for await (const { values } of batches) {
      const results = await products.run({ rows: subtractMean(values, mean) });
      getNamed(results, 'sums').data.forEach((value, i) => {
        const row = sums[Math.floor(i / size)];
        if (row) row[i % size] = (row[i % size] ?? 0) + value;
      });
      count += values.shape[0] ?? 0;
      await between();
    }
  } finally {
    await products.dispose();
  }
  return sums.map((row) => row.map((sum) => sum / count));
}

/** Pads with zeros, which do not change the sums. Errors: RangeError if the batch is too large. */
function subtractMean({ shape, data }: FloatArray, mean: Float64Array): FloatArray {
  if ((shape[0] ?? 0) > ROWS)
    throw new RangeError(`the batch has ${shape[0] ?? 0} rows; allowed: at most ${ROWS}`);
  const size = mean.length;
  const out = new Float32Array(ROWS * size);
  for (let i = 0; i < data.length; i++) out[i] = (data[i] ?? 0) - (mean[i % size] ?? 0);
  return { shape: [ROWS, size], data: out };
}
