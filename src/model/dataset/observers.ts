import { observeColumn, type ColumnSummary } from './column.ts';

/** Looks at the values of rows as they stream by, cut anywhere between two values. */
export interface Observer<Values> {
  add(stored: Values): void;
  /** One summary for each column, of values as stored * scale. */
  summaries(scale: number): ColumnSummary[];
}

/** Column by column, so that what is known of a column stays close at hand. */
const ROWS_AT_ONCE = 256;

/** Scaled as they come: the scale is known. */
export function observeNumbers(columns: number, scale: number): Observer<Float32Array> {
  const observers = Array.from({ length: columns }, observeColumn);
  let next = 0;
  return {
    add(stored) {
      const block = ROWS_AT_ONCE * columns;
      for (let start = 0; start < stored.length; start += block) {
        const end = Math.min(start + block, stored.length);
        observers.forEach((observer, column) => {
          const first = start + ((column - next + columns) % columns);
          for (let i = first; i < end; i += columns) observer.add((stored[i] ?? NaN) * scale);
        });
      }
      next = (next + stored.length) % columns;
    },
    summaries: () => observers.map((observer) => observer.summary()),
  };
}

const BYTES = 256;

/** Bytes are counted: their scale may be found only when all of them were seen. */
export function observeBytes(columns: number): Observer<Uint8Array> {
  const counts = new Float64Array(columns * BYTES);
  let column = 0;
  return {
    add(stored) {
      for (const byte of stored) {
        const at = column * BYTES + byte;
        counts[at] = (counts[at] ?? 0) + 1;
        column = column + 1 === columns ? 0 : column + 1;
      }
    },
    summaries: (scale) =>
      Array.from({ length: columns }, (_, i) =>
        summaryOf(counts.subarray(i * BYTES, (i + 1) * BYTES), scale),
      ),
  };
}

function summaryOf(counts: Float64Array, scale: number): ColumnSummary {
  const observer = observeColumn();
  counts.forEach((times, byte) => {
    if (times > 0) observer.add(byte * scale, times);
  });
  return observer.summary();
}
