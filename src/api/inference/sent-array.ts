import { findCellKind, shortenFloat32, type TableColumn, type TableSchema } from '../../model/table.ts';
import { countValues, isInside, type ValueDomain } from '../../model/specification.ts';
import { ELEMENTS, toFloat32, type ElementType } from '../../store/formats/elements.ts';
import { openNpy, type EncodedArray } from '../../store/formats/npy.ts';
import { listModelledColumns } from '../../model/table.ts';
import { describeValue } from './describe-value.ts';
import { refuseField } from './row-errors.ts';
import { checkValues } from './rows.ts';

/** Rows of a request as the bytes of one array. */
export interface SentArray extends EncodedArray {
  /** Where it is in the body; empty if it is the body. */
  readonly pointer: string;
}

interface Base64Fields {
  readonly text: string;
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: ElementType | undefined;
}

/** An NPY file as the whole body. Errors: data_invalid, too_large. */
export function readNpy(body: Buffer, maxValues: number): SentArray {
  return { ...openNpy(body, { maxValues }), pointer: '' };
}

/** Errors: too_large; validation_failed if the text does not have as many bytes as the shape needs. */
export function readBase64(
  { text, shape, dtype: type = 'float32' }: Base64Fields,
  pointer: string,
  maxValues: number,
): SentArray {
  if (shape === undefined) throw refuseField('/shape', `required beside ${pointer.slice(1)}`);
  const values = countValues(shape);
  checkValues('The array', values, maxValues);
  const needed = values * ELEMENTS[type].bytes;
  const allowed = `${needed} bytes, which ${type} of shape [${shape.join(', ')}] needs`;
  const characters = 4 * Math.ceil(needed / 3);
  if (text.length !== characters) {
    const found = `${text.length} characters`;
    throw refuseField(pointer, `found ${found}; allowed: ${characters} characters of base64 for ${allowed}`);
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== needed) {
    const found = `${bytes.length} bytes before something that is no base64`;
    throw refuseField(pointer, `found ${found}; allowed: ${allowed}`);
  }
  return { shape, type, littleEndian: true, bytes, start: 0, pointer };
}

/** Errors: validation_failed unless the rows have this shape or are flat. */
export function checkArrayShape({ shape, pointer }: SentArray, rowShape: readonly number[]): void {
  const [, ...own] = shape;
  const size = countValues(rowShape);
  if (own.join() === rowShape.join() || own.join() === String(size)) return;
  const nested = rowShape.length > 1 ? ` or [rows, ${rowShape.join(', ')}]` : '';
  throw refuseField(
    pointer === '' ? pointer : '/shape',
    `found shape [${shape.join(', ')}]; allowed: [rows, ${size}]${nested}`,
  );
}

/** Values times scale. Errors: data_invalid for values beyond float32, validation_failed for the first one that the range forbids. */
export function toValues(array: SentArray, scale: number, range: ValueDomain): Float32Array {
  const values = decode(array, scale);
  const wrong = values.findIndex((value) => !isInside(value, range));
  if (wrong < 0) return values;
  const size = values.length / (array.shape[0] ?? 1);
  const [row, place, value] = [Math.floor(wrong / size), wrong % size, values[wrong] ?? NaN];
  const found = Number.isNaN(value) ? 'NaN' : describeValue(shortenFloat32(value));
  const allowed = range.missing ? `${range.allowed}, or NaN` : range.allowed;
  throw refuseField(
    array.pointer,
    `row ${row}, value ${place} (both counted from 0): found ${found}; allowed: ${allowed}`,
  );
}

function decode(array: SentArray, scale: number): Float32Array {
  const { type, littleEndian, bytes, start } = array;
  if (type === 'uint8') return Float32Array.from(bytes, (value) => value * scale);
  // A copy: values have to be aligned. Typed arrays are little-endian wherever Node.js runs.
  if (type === 'float32' && littleEndian) return new Float32Array(Uint8Array.from(bytes).buffer);
  return toFloat32(bytes, array, start);
}

/**
 * Rows of a table as cells, NaN as a missing one. Errors: validation_failed if the table has words or dates, of which there are no
 * numbers, or another number of columns.
 */
export function toTableCells(array: SentArray, table: TableSchema): (number | null)[][] {
  const { shape, pointer } = array;
  checkNumeric(table, pointer);
  const [rows = 0, ...others] = shape;
  const [all, used] = [table.columns.length, listModelledColumns(table).length];
  const [width = 0] = others;
  if (others.length !== 1 || (width !== all && width !== used)) {
    const allowed =
      all === used
        ? `[rows, ${all}]`
        : `[rows, ${all}] (all columns) or [rows, ${used}] (those the model uses)`;
    throw refuseField(
      pointer === '' ? pointer : '/shape',
      `found shape [${shape.join(', ')}]; allowed: ${allowed}`,
    );
  }
  const read = createReader(array);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: width }, (_unused, column) => read(row * width + column)),
  );
}

/** As doubles, because columns with an offset hold more than a float32 does. */
function createReader({ type, littleEndian, bytes }: SentArray): (index: number) => number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bytes: size, read } = ELEMENTS[type];
  return (index) => {
    const value = read(view, index * size, littleEndian);
    if (Number.isNaN(value)) return null;
    return type === 'float32' ? shortenFloat32(value) : value;
  };
}

/** Columns that the model uses and whose cells are no numbers. */
export function listWordColumns(table: TableSchema): string[] {
  const columns = listModelledColumns(table).flatMap((index): TableColumn[] => {
    const column = table.columns[index];
    return column === undefined ? [] : [column];
  });
  return columns.filter((column) => findCellKind(column) === 'text').map(({ name }) => name);
}

function checkNumeric(table: TableSchema, pointer: string): void {
  const names = listWordColumns(table);
  if (names.length === 0) return;
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ', ...' : '');
  throw refuseField(
    pointer,
    `found an array of numbers, but columns of this model hold words or dates (${shown}); allowed: rows of cells in \`data\`, as JSON`,
  );
}
