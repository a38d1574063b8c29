import { isModelled, type TableColumn, type TableSchema } from '../../model/table.ts';
import { shorten } from '../score/words.ts';
import { escapeControls } from '../terminal.ts';

/** Further columns are only counted. */
const MOST_COLUMNS = 60;
const LONGEST_NAME = 30;

/** Every column with its role and the reason for it, as a table with a sentence above. */
export function describeColumns({ columns }: TableSchema): string {
  const shown = columns.slice(0, MOST_COLUMNS);
  const rows = shown.map((column) => [
    escapeControls(shorten(column.name, LONGEST_NAME)),
    column.role,
    escapeControls(column.reason) + describeMissing(column),
  ]);
  const more = columns.length - shown.length;
  return [
    countModelled(columns),
    '',
    ...alignColumns(rows).map((line) => `  ${line}`),
    ...(more > 0 ? [`  ... and ${more} more`] : []),
    '',
  ].join('\n');
}

function countModelled(columns: readonly TableColumn[]): string {
  const modelled = columns.filter(({ role }) => isModelled(role)).length;
  const all = `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
  return `${all}; the model uses ${modelled === columns.length ? 'all of them' : modelled}:`;
}

function describeMissing({ missing }: TableColumn): string {
  if (missing === 0) return '';
  const percent = 100 * missing;
  return `; ${percent < 1 ? '< 1' : Math.round(percent)} % missing`;
}

/** Lines of cells, all but the last padded to equal width. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
