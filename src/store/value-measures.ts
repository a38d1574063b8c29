import { createTableProfiler, profiler, type DatasetProfile } from '../model/dataset.ts';
import type { TableSchema } from '../model/table.ts';
import { rowsKey } from './dataset-files.ts';
import type { StoreDriver } from './driver.ts';
import type { RowStream } from './formats/rows.ts';
import { BYTES_PER_VALUE } from './records/dataset-record.ts';

/** What rows are: an array, or the features of a table. */
export interface RowKind extends Pick<RowStream, 'rowShape' | 'dataSize' | 'dtype'> {
  readonly table: TableSchema | null;
  /** Names of an array's columns, if the file has any. */
  readonly names: readonly string[] | null;
}

/** Read back at a time; the event loop runs in between. */
const CHUNK_BYTES = 2 ** 20;

/** Statistics of rows whose values arrive in pieces of any size. Without values: Infinity, -Infinity. */
export interface ValueMeasures {
  readonly minimum: number;
  readonly maximum: number;
  add(stored: Uint8Array | Float32Array): void;
  profile(scale: number): DatasetProfile;
}

/** `scale` matters only for float32 values. */
export function measureValues({ rowShape, dtype, table, names }: RowKind, scale: number): ValueMeasures {
  const profiling = table === null ? profiler(rowShape, dtype, scale) : createTableProfiler(table);
  let [minimum, maximum] = [Infinity, -Infinity];
  return {
    get minimum() {
      return minimum;
    },
    get maximum() {
      return maximum;
    },
    add(stored) {
      let [low, high] = [minimum, maximum];
      for (let i = 0; i < stored.length; i++) {
        const value = stored[i] ?? NaN;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      [minimum, maximum] = [low, high];
      profiling.add(stored);
    },
    profile: (finalScale) => profiling.result(finalScale, { names, labels: [] }),
  };
}

/** Turns the pieces into little-endian bytes, and measures them if asked to. */
export async function* toBytes(
  pieces: RowStream['pieces'],
  measures: ValueMeasures | null,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    measures?.add(piece);
    yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  }
}

/** Measures stored rows `first` to `end - 1`. */
export async function measureStoredRows(
  driver: StoreDriver,
  id: string,
  stream: RowKind,
  scale: number,
  [first, end]: readonly [number, number],
): Promise<ValueMeasures> {
  const measures = measureValues(stream, scale);
  const rowBytes = stream.dataSize * BYTES_PER_VALUE[stream.dtype];
  const chunk = new ArrayBuffer(Math.min(CHUNK_BYTES, (end - first) * rowBytes));
  const blob = await driver.open(rowsKey(id));
  try {
    for (let offset = first * rowBytes; offset < end * rowBytes; offset += chunk.byteLength) {
      const length = Math.min(chunk.byteLength, end * rowBytes - offset);
      await blob.read(new Uint8Array(chunk, 0, length), offset);
      measures.add(
        stream.dtype === 'uint8' ? new Uint8Array(chunk, 0, length) : new Float32Array(chunk, 0, length / 4),
      );
    }
  } finally {
    await blob.close();
  }
  return measures;
}
