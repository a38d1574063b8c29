import type { RowSource } from '../../src/model/training/row-source.ts';

/** Rows held in memory, one after another. */
export function memoryRows(stored: Uint8Array | Float32Array, dataSize: number, scale = 1): RowSource {
  return {
    dtype: stored instanceof Uint8Array ? 'uint8' : 'float32',
    scale,
    readRows: async (indices, out) => {
      indices.forEach((row, i) => {
        out.set(stored.subarray(row * dataSize, (row + 1) * dataSize), i * dataSize);
      });
    },
  };
}

export function rowNumbers(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
