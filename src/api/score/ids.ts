import type { Cell, TableSchema } from '../../model/table.ts';

/** For each row its cells in id columns, by name; nothing if no row has any. */
export function collectIds(
  table: TableSchema | null,
  rows: readonly unknown[],
): { ids?: Record<string, Cell>[] } {
  const columns = (table?.columns ?? []).flatMap(({ role, name }, index) =>
    role === 'id' ? [{ name, index }] : [],
  );
  const width = table?.columns.length ?? 0;
  const ids = rows.map((row) => {
    const cells = columns.flatMap(({ name, index }) => {
      const cell = findCell(row, name, index, width);
      return isCell(cell) ? [[name, cell] as const] : [];
    });
    return Object.fromEntries(cells);
  });
  return ids.some((own) => Object.keys(own).length > 0) ? { ids } : {};
}

/** An array has ids only if it has all columns of the file. */
function findCell(row: unknown, name: string, index: number, width: number): unknown {
  if (Array.isArray(row)) return row.length === width ? (row[index] as unknown) : undefined;
  if (typeof row !== 'object' || row === null) return undefined;
  return Object.entries(row).find(([key]) => key === name)?.[1] as unknown;
}

const isCell = (value: unknown): value is Cell =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** The columns that were sent but not used at all: ids come back. */
export function withoutIds(table: TableSchema | null, ignored: readonly string[]): string[] {
  const roles = new Map((table?.columns ?? []).map(({ name, role }) => [name, role]));
  return ignored.filter((name) => roles.get(name) !== 'id');
}
