import { read, observeColumn, type Cell, type ColumnObserver, type ColumnSummary } from './column.ts';
import { decideKind, type ColumnKind } from './column-kind.ts';
import { propose, type Proposal } from './proposal.ts';

export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Why it is taken for that kind. */
  readonly reason: string;
  /** Share of rows without a value. */
  readonly missing: number;
  /** Over the numbers; null where there is none. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  readonly variance: number | null;
  /** Shares of the values that are exactly 0, and exactly 0 or 1. */
  readonly zeros: number;
  readonly extremes: number;
  /** Different values; null where there are many. */
  readonly distinct: number | null;
  /** category: what codes 0, 1, ... stand for. */
  readonly labels?: readonly string[];
}

export interface DatasetProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly proposal: Proposal;
}

export interface Profiler {
  /** Values of whole rows, one row after another. */
  add(cells: ArrayLike<Cell>, scale?: number): void;
  result(): DatasetProfile;
}

/** Looks at rows as they stream by, and says what they look like and which likelihood fits. */
export function profiler(names: readonly string[]): Profiler {
  const columns = names.map(() => observeColumn());
  return {
    add(cells, scale = 1) {
      const block = ROWS_AT_ONCE * columns.length;
      for (let start = 0; start < cells.length; start += block) {
        const end = Math.min(start + block, cells.length);
        columns.forEach((column, i) => {
          addColumn(column, cells, start + i, end, columns.length, scale);
        });
      }
    },
    result() {
      const summaries = columns.map((column) => column.summary());
      const profiles = summaries.map((summary, i) => profileOf(names[i] ?? '', summary));
      return { rows: summaries[0]?.rows ?? 0, columns: profiles, proposal: propose(profiles) };
    },
  };
}

/** Column by column, so that what is known of a column stays close at hand. */
const ROWS_AT_ONCE = 256;

function addColumn(
  column: ColumnObserver,
  cells: ArrayLike<Cell>,
  first: number,
  end: number,
  stride: number,
  scale: number,
): void {
  for (let i = first; i < end; i += stride) {
    const cell = cells[i] ?? null;
    column.add(typeof cell === 'number' ? cell * scale : cell);
  }
}

/** Names for the columns of data that has none. */
export function numberedNames(dataSize: number): string[] {
  return Array.from({ length: dataSize }, (_, i) => `column_${i + 1}`);
}

function profileOf(name: string, summary: ColumnSummary): ColumnProfile {
  const { rows, missing, labelled, zeros, ones, counts } = summary;
  const values = rows - missing;
  const number = (value: number) => (values > labelled ? value : null);
  return {
    name,
    ...decideKind(summary),
    missing: rows > 0 ? missing / rows : 0,
    minimum: number(summary.minimum),
    maximum: number(summary.maximum),
    mean: number(summary.mean),
    variance: number(summary.variance),
    zeros: values > 0 ? zeros / values : 0,
    extremes: values > 0 ? (zeros + ones) / values : 0,
    distinct: counts?.size ?? null,
  };
}

/** The code of a category's cell, NaN where it is missing. Errors: RangeError for a label that is not in the list. */
export function codeOf(cell: Cell, labels: readonly string[]): number {
  const value = read(cell);
  if (value === null) return NaN;
  const code = labels.indexOf(String(value));
  if (code < 0) throw new RangeError(`${String(value)} is none of ${labels.join(', ')}`);
  return code;
}
