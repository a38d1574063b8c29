import { LIKELIHOOD_LIMITS } from '../specification/limits.ts';
import { createMissingTest, DEFAULT_MISSING_MARKS, type Cell } from './cell.ts';
import type { TableProblem } from './problem.ts';
import type { Role, TableColumn, TableSchema } from './schema.ts';
import { readFlag } from './flags.ts';
import { parsePlainNumber } from './numbers.ts';
import { parseTime } from './datetimes.ts';

export interface DetectionSettings {
  /** Null if the columns have no names: they are called column_1, column_2 and so on. */
  readonly names: readonly string[] | null;
  /** Roles that the user has chosen, by name of the column. */
  readonly overrides: Readonly<Record<string, Role>>;
  /** What stands for a missing value, besides an empty cell. */
  readonly missingMarks?: readonly string[];
}

export interface Detection {
  readonly schema: TableSchema;
  /** Empty if every cell fits the role of its column. */
  readonly problems: readonly TableProblem[];
}

export interface TableDetector {
  /** Adds the next row. Rows that are too short have missing cells at the end. */
  add(cells: readonly Cell[]): void;
  /** Call it once, after the last row. */
  finish(): Detection;
}

/** Detects the roles of columns in one pass over all rows, in bounded memory. The same rows give the same answer. */
export function createTableDetector(settings: DetectionSettings): TableDetector {
  const marks = settings.missingMarks ?? DEFAULT_MISSING_MARKS;
  const isMissing = createMissingTest(marks);
  const seen: { missing: number; numbers: number; times: number; words: Map<string, number> }[] = [];
  let rows = 0;
  const columnAt = (index: number) =>
    (seen[index] ??= { missing: rows, numbers: 0, times: 0, words: new Map() });
  return {
    add(cells) {
      cells.forEach((cell, index) => {
        const column = columnAt(index);
        const text = String(cell);
        if (cell === null || isMissing(text)) column.missing++;
        else if (Number.isFinite(parsePlainNumber(text))) column.numbers++;
        else if (parseTime(text, 'mdy')) column.times++;
        if (cell !== null && column.words.size < 2000)
          column.words.set(text, (column.words.get(text) ?? 0) + 1);
      });
      rows++;
    },
    finish() {
      const columns = seen.map((column, index): TableColumn => {
        const name = settings.names?.[index] ?? `column_${index + 1}`;
        const common = { name, reason: 'a first guess', missing: column.missing / rows };
        const filled = rows - column.missing;
        const labels = [...column.words.keys()].filter((word) => !isMissing(word));
        if (column.numbers === filled)
          return {
            ...common,
            role: 'number',
            format: { decimal: '.', grouping: null, unit: null },
            decimals: 6,
            offset: 0,
            also_missing: [],
          };
        if (column.times === filled)
          return {
            ...common,
            role: 'datetime',
            order: 'mdy',
            epoch: null,
            unit: 'second',
            written: 'second',
            zone: null,
            offset: 0,
            parts: ['time'],
            also_missing: [],
          };
        if (labels.every((label) => readFlag(label) !== undefined))
          return { ...common, role: 'flag', labels: ['no', 'yes'], cells: 'word' };
        if (labels.length < Math.min(LIKELIHOOD_LIMITS.categories, rows / 2))
          return { ...common, role: 'category', labels, cells: 'word', other_share: 0 };
        return { ...common, role: 'text' };
      });
      return { schema: { columns, missing_marks: [...marks] }, problems: [] };
    },
  };
}
