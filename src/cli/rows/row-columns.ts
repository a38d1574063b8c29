import {
  createMissingTest,
  findCellKind,
  type Cell,
  type TableColumn,
  type TableSchema,
} from '../../model/table.ts';
import { readFlag } from '../../model/table/flags.ts';
import { parsePlainNumber, readNumber, type DecimalSeparator } from '../../model/table/numbers.ts';
import type { OutputColumn } from '../../model/specification.ts';

/** A column that a command writes. */
export interface RowColumn extends OutputColumn {
  /** How numbers are written in a CSV file. */
  readonly decimal: DecimalSeparator;
  /** Reads a text as the kind of the column: null if it is missing, undefined if it cannot be read. */
  readonly parse: (text: string) => Cell | undefined;
  /** Whether a cell of another kind is what the service complained about; otherwise nobody did yet. */
  readonly isChecked: boolean;
}

const PREFIX = 'aevb_';

/** The decimal sign of the table's numbers: a comma if any column has it. */
export function findDecimalSign(table: TableSchema | null): DecimalSeparator {
  return (table?.columns ?? []).some((column) => decimalOf(column) === ',') ? ',' : '.';
}

const decimalOf = (column: TableColumn): DecimalSeparator =>
  'format' in column ? column.format.decimal : '.';

/** A column of values that are made here. */
export const createColumn = (
  name: string,
  kind: OutputColumn['kind'],
  decimal: DecimalSeparator = '.',
): RowColumn => ({ name, kind, decimal, parse: keepText, isChecked: true });

/** The same columns under names of their own: with a prefix if one of them is taken. */
export function nameApart(columns: readonly RowColumn[], taken: readonly string[]): RowColumn[] {
  const known = new Set(taken);
  let prefix = '';
  while (columns.some(({ name }) => known.has(prefix + name))) prefix += PREFIX;
  return columns.map((column) => ({ ...column, name: prefix + column.name }));
}

/** A column of a file that a model uses. Its texts are read as the model reads them. */
export function describeModelled(column: TableColumn, missingMarks: readonly string[]): RowColumn {
  const [kind, decimal] = [findCellKind(column), decimalOf(column)];
  const isMarked = createMissingTest(missingMarks);
  const own = 'also_missing' in column ? column.also_missing : [];
  const read = READERS[kind](decimal);
  return {
    name: column.name,
    kind,
    decimal,
    parse: (text) => (isMarked(text) || own.includes(text.trim()) ? null : read(text)),
    isChecked: true,
  };
}

/** A column of a file that no model reads: of the kind that its first cells have, if they have types. */
export function describeOther(name: string, cells: readonly Cell[], isTyped: boolean): RowColumn {
  const types = new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell));
  const [type] = types;
  const kind = type === 'number' ? 'number' : type === 'boolean' ? 'flag' : 'text';
  return {
    name,
    kind: isTyped && types.size === 1 ? kind : 'text',
    decimal: '.',
    parse: isTyped ? keepText : (text) => (text === '' ? null : text),
    isChecked: false,
  };
}

const keepText = (text: string): Cell => text;

const READERS: {
  readonly [Kind in OutputColumn['kind']]: (decimal: DecimalSeparator) => RowColumn['parse'];
} = {
  text: () => keepText,
  number: (decimal) => (text) => {
    const plain = decimal === '.' ? parsePlainNumber(text.trim()) : NaN;
    const value = Number.isNaN(plain) ? readNumber(text, decimal)?.value : plain;
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  },
  flag: () => (text) => {
    const flag = readFlag(text);
    return flag === undefined ? undefined : flag === 1;
  },
};
