import type { RowBatch, RowSet } from '../../src/model/evaluation/measures/measure.ts';
import type { FloatArray } from '../../src/model/runtime/runtime.ts';
import { rowNumbers } from './memory-rows.ts';

/** Rows held in memory, cut into batches of this size. */
export function rowSetOf({ shape, data }: FloatArray, batchSize = 512): RowSet {
  const [count = 0, size = 0] = shape;
  return {
    count,
    isBinary: false,
    async *batches(): AsyncGenerator<RowBatch> {
      for (let start = 0; start < count; start += batchSize) {
        const numbers = rowNumbers(count).subarray(start, start + batchSize);
        const values = data.subarray(start * size, (start + numbers.length) * size);
        yield { numbers, values: { shape: [numbers.length, size], data: values } };
      }
    },
  };
}
