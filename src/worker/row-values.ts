import type { FloatArray } from '../model/runtime/runtime.ts';
import type { RowReader } from '../store/datasets.ts';

/** Rows as the values they stand for: [indices, data_size]. */
export function readValues(reader: RowReader, indices: ArrayLike<number>): FloatArray {
  const { dtype, scale, data_size: dataSize } = reader.record;
  const size = indices.length * dataSize;
  const stored = dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  reader.readRows(indices, stored);
  return { shape: [indices.length, dataSize], data: Float32Array.from(stored, (value) => value * scale) };
}
