import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../src/model/table.ts';
import type { OutputColumn, OutputFormat } from '../../../../src/model/specification.ts';
import { openOutput, OUTPUTS } from '../../../../src/store/formats/output/output.ts';
import { decodeNpy } from '../../../../src/store/formats/npy.ts';
import { writePiece } from '../../../../src/store/formats/output/writer.ts';
import { openStored, readTable } from '../opening.ts';

const COLUMNS: OutputColumn[] = [
  { name: 'id', kind: 'text' },
  { name: 'a "quoted", name', kind: 'number' },
  { name: 'paid', kind: 'flag' },
];
const ROWS: Cell[][] = [
  ['x1', 1.5, true],
  ['with, comma', -2e-7, false],
  ['two\nlines', null, null],
  [null, 0.1, true],
  ['é "q"', 12345678, false],
];

/** A whole file in pieces of two rows. */
function write(format: OutputFormat, columns: readonly OutputColumn[], rows: readonly Cell[][]): Buffer {
  const output = openOutput(format, columns);
  const pieces = [0, 2, 4].map((start) => {
    const part = rows.slice(start, start + 2);
    return { ...writePiece(output, part), rows: part.length };
  });
  const told = pieces.map(({ bytes, rows: count, note }) => ({ bytes: bytes.length, rows: count, note }));
  return Buffer.concat([output.head(rows.length), ...pieces.map(({ bytes }) => bytes), output.tail(told)]);
}

describe('files written in pieces', () => {
  it.each(['csv', 'jsonl', 'parquet'] as const)('are read back as they were: %s', async (format) => {
    expect(OUTPUTS[format].hasText).toBe(true);
    const read = await readTable(openStored(write(format, COLUMNS, ROWS)));
    expect(read.names).toEqual(COLUMNS.map(({ name }) => name));
    const texts =
      format === 'csv' ? (cell: Cell) => (cell === null ? '' : String(cell)) : (cell: Cell) => cell;
    expect(read.rows.map((row) => row.map((cell) => (format === 'csv' ? String(cell ?? '') : cell)))).toEqual(
      ROWS.map((row) => row.map(texts)),
    );
  });

  it('have one row group for each piece in Parquet, also if a piece is empty', async () => {
    const read = await readTable(openStored(write('parquet', COLUMNS, ROWS.slice(0, 3))));
    expect(read.rows).toEqual(ROWS.slice(0, 3));
  });

  it('have null in Parquet for a cell of another kind than its column, unless that is text', async () => {
    const mixed: Cell[][] = [
      [1, 'other', 'other'],
      [true, 2, 1],
      ['x', false, true],
    ];
    const read = await readTable(openStored(write('parquet', COLUMNS, mixed)));
    expect(read.rows).toEqual([
      ['1', null, null],
      ['true', 2, null],
      ['x', null, true],
    ]);
  });

  it('are float32 in NPY, flags as 0 and 1', () => {
    const rows = ROWS.map((row) => row.slice(1));
    const { shape, data } = decodeNpy(write('npy', COLUMNS.slice(1), rows), { maxValues: 100 });
    expect(shape).toEqual([5, 2]);
    expect([...data]).toEqual(rows.flat().map((cell) => (cell === null ? NaN : Math.fround(Number(cell)))));
    expect(OUTPUTS.npy.hasText).toBe(false);
  });
});
