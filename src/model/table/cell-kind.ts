import type { OutputColumn } from '../specification/output-format.ts';
import type { TableColumn } from './schema.ts';

const KIND_OF_CODES = { word: 'text', number: 'number', boolean: 'flag' } as const;

/** The kind of a column's cells in a file. hasOthers: the word for all values that are not kept may be among them. */
export function findCellKind(column: TableColumn, hasOthers = false): OutputColumn['kind'] {
  if (hasOthers) return 'text';
  if (column.role === 'number' || column.role === 'count') return 'number';
  return 'cells' in column ? KIND_OF_CODES[column.cells] : 'text';
}
