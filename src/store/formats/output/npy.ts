import { encodeNpyHeader } from '../npy.ts';
import type { OutputColumn } from '../../../model/specification.ts';
import { joinBytes, type FileWriter } from './writer.ts';

/** float32 [rows, columns]; true is 1, and a missing cell is NaN. */
export function npyOutput(columns: readonly OutputColumn[]): FileWriter {
  const width = columns.length;
  return {
    head: (rows) => encodeNpyHeader([rows, width]),
    openPiece: () =>
      joinBytes((rows) => {
        const values = new Float32Array(rows.length * width);
        rows.forEach((row, i) => {
          for (let j = 0; j < width; j++) values[i * width + j] = toNumber(row[j] ?? null);
        });
        return new Uint8Array(values.buffer);
      }),
    tail: () => new Uint8Array(),
  };
}

const toNumber = (cell: unknown): number =>
  typeof cell === 'number' ? cell : typeof cell === 'boolean' ? Number(cell) : NaN;
