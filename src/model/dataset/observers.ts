import { observeColumn, type ColumnSummary, type ObserverSettings } from './column.ts';

/** Observes the values of rows as they stream by; chunks may end between any two values. */
export interface Observer<Values> {
  add(stored: Values): void;
  /** One summary per column; values are stored * scale. */
  summaries(scale: number): ColumnSummary[];
}

/** Blocks are read column by column, which keeps one column's state in the processor's cache. */
const ROWS_AT_ONCE = 256;

/** Scales values as they arrive: the scale is known. `settings`: for each column; without them, all have the defaults. */
export function observeNumbers(
  columns: number,
  scale: number,
  settings: readonly ObserverSettings[] = [],
): Observer<Float32Array> {
  const observers = Array.from({ length: columns }, (_, column) => observeColumn(settings[column]));
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

/** Counts bytes: their scale may be known only after the last one. */
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
