import type { RowBatch, RowSet } from '../model/evaluation/measures/measure.ts';
import { fillUniform, deriveKey } from '../model/random/streams.ts';
import type { FloatArray } from '../model/runtime/runtime.ts';
import type { BinarizationName } from '../model/specification.ts';
import type { RowReader } from '../store/datasets.ts';

/** How to binarize rows outside of a training step: once per row, keyed by the seed. */
export interface Binarizing {
  readonly binarization: BinarizationName;
  readonly seed: number;
}

const AS_THEY_ARE: Binarizing = { binarization: 'none', seed: 0 };
const ROWS_AT_ONCE = 512;

/** These rows of a data set, in this order, as input of a model. */
export function createRowSet(reader: RowReader, rows: Uint32Array, binarizing: Binarizing): RowSet {
  return {
    count: rows.length,
    isBinary: binarizing.binarization !== 'none',
    async *batches(): AsyncGenerator<RowBatch> {
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        const numbers = rows.subarray(start, start + ROWS_AT_ONCE);
        yield { numbers, values: await readValues(reader, numbers, binarizing) };
      }
    },
  };
}

/** Values [rows, data_size]; not binarized by default. */
export async function readValues(
  reader: RowReader,
  rows: Uint32Array,
  binarizing: Binarizing = AS_THEY_ARE,
): Promise<FloatArray> {
  const { record } = reader;
  const size = rows.length * record.data_size;
  const stored = record.dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  await reader.readRows(rows, stored);
  const data = stored instanceof Float32Array ? stored : new Float32Array(stored);
  if (record.scale !== 1) for (let i = 0; i < size; i++) data[i] = (data[i] ?? 0) * record.scale;
  binarize(data, rows, record.data_size, binarizing);
  return { shape: [rows.length, record.data_size], data };
}

function binarize(
  data: Float32Array,
  rows: Uint32Array,
  dataSize: number,
  { binarization, seed }: Binarizing,
): void {
  if (binarization === 'none') return;
  const uniform = new Float32Array(dataSize).fill(0.5);
  rows.forEach((row, i) => {
    if (binarization !== 'threshold') fillUniform(deriveKey(seed, 'binarization', row), uniform);
    const values = data.subarray(i * dataSize, (i + 1) * dataSize);
    uniform.forEach((u, element) => {
      values[element] = Number(u < (values[element] ?? 0));
    });
  });
}
