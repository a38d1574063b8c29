import type { RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell } from '../../../model/table.ts';
import type { OutputColumn } from '../../../model/specification.ts';
import type { FileWriter, OutputPiece, OutputRow, StoredPiece } from './writer.ts';

/** Of the four letters that begin a file. */
const MAGIC_BYTES = 4;
const TYPES = { number: 'DOUBLE', flag: 'BOOLEAN', text: 'BYTE_ARRAY' } as const;
const CELL_TYPES = { number: 'number', flag: 'boolean' } as const;

/** Each piece is a row group, compressed with Snappy. */
export function parquetOutput(columns: readonly OutputColumn[]): FileWriter {
  const schema = describeSchema(columns);
  return {
    head: () => openWriter(schema).bytes(),
    openPiece: () => {
      const group: OutputRow[] = [];
      return {
        add: (rows) => {
          for (const row of rows) group.push(row);
        },
        finish: () => encodeGroup(schema, columns, group),
      };
    },
    tail: (pieces) => encodeFooter(schema, pieces),
  };
}

function describeSchema(columns: readonly OutputColumn[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, kind }): SchemaElement => ({
      name,
      type: TYPES[kind],
      repetition_type: 'OPTIONAL',
      ...(kind === 'text' && { converted_type: 'UTF8' as const }),
    })),
  ];
}

function openWriter(schema: SchemaElement[]) {
  const buffer = new ByteWriter();
  // Without statistics, a row group consists of numbers and words alone, so that it can be kept as JSON.
  const writer = new ParquetWriter({ writer: buffer, schema, statistics: false, createdBy: 'aevb' });
  return { writer, bytes: () => new Uint8Array(buffer.getBuffer()) };
}

function encodeGroup(
  schema: SchemaElement[],
  columns: readonly OutputColumn[],
  rows: readonly OutputRow[],
): OutputPiece {
  const { writer, bytes } = openWriter(schema);
  const columnData = columns.map(({ name, kind }, i) => ({
    name,
    data: rows.map((row) => toValue(row[i] ?? null, kind)),
    offsetIndex: false,
  }));
  void writer.write({ columnData, rowGroupSize: Math.max(1, rows.length) });
  const [group] = writer.row_groups;
  return { bytes: bytes().subarray(MAGIC_BYTES), note: group === undefined ? null : encodeNote(group) };
}

/** A cell of another kind than its column, such as a word among numbers, is missing. All cells can be text. */
function toValue(cell: Cell, kind: OutputColumn['kind']): Cell {
  if (cell === null) return null;
  if (kind === 'text') return String(cell);
  return typeof cell === CELL_TYPES[kind] ? cell : null;
}

function encodeFooter(schema: SchemaElement[], pieces: readonly StoredPiece[]): Uint8Array {
  const { writer, bytes } = openWriter(schema);
  let offset = 0;
  for (const { bytes: length, rows, note } of pieces) {
    if (note !== null) writer.row_groups.push(moveGroup(decodeNote(note), BigInt(offset)));
    writer.num_rows += BigInt(rows);
    offset += length;
  }
  void writer.finish();
  return bytes().subarray(MAGIC_BYTES);
}

/** A row group at another place of the file. */
function moveGroup(group: RowGroup, by: bigint): RowGroup {
  return {
    ...group,
    columns: group.columns.map((column) => {
      const { file_offset: at, meta_data: meta } = column;
      if (meta === undefined) return column;
      const { data_page_offset: data, dictionary_page_offset: dictionary } = meta;
      return {
        ...column,
        file_offset: at + by,
        meta_data: {
          ...meta,
          data_page_offset: data + by,
          ...(dictionary !== undefined && { dictionary_page_offset: dictionary + by }),
        },
      };
    }),
  };
}

/** JSON has no 64-bit integers. */
const encodeNote = (group: RowGroup): string =>
  JSON.stringify(group, (_, value: unknown) =>
    typeof value === 'bigint' ? { integer: value.toString() } : value,
  );

const decodeNote = (note: string): RowGroup =>
  JSON.parse(note, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'integer' in value ? BigInt(String(value.integer)) : value,
  ) as RowGroup;
