import type { Compressors, FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getSchemaPath } from 'hyparquet/src/schema.js';

/**
 * The library believes what a page says of itself: damaged counts make it loop for minutes, or go back in the file. So each page
 * is walked first, without its values. Errors: RangeError.
 */
export interface PageLimits {
  readonly values: number;
  readonly bytes: number;
}

type ColumnMetaData = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>;
type PageHeader = ReturnType<typeof parquetHeader>;

/** Where the pages of a column in one row group are. */
export function findPages(column: ColumnMetaData): { readonly start: number; readonly end: number } {
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = column;
  const start = Number(dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data);
  return { start, end: start + Number(size) };
}

interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

/** Walks the pages of one column in one row group; `bytes` are those of {@link findPages}. */
export function checkPages(
  bytes: ArrayBuffer,
  metadata: FileMetaData,
  column: ColumnMetaData,
  compressors: Compressors,
  limits: PageLimits,
): void {
  const path = getSchemaPath(metadata.schema, column.path_in_schema);
  const levels = {
    repetition: countBits(getMaxRepetitionLevel(path)),
    definition: countBits(getMaxDefinitionLevel(path)),
  };
  const reader = { view: new DataView(bytes), offset: 0 };
  let values = 0;
  while (reader.offset < bytes.byteLength - 1) {
    const header = parquetHeader(reader);
    const packed = checkCount(header.compressed_page_size, bytes.byteLength - reader.offset, 'bytes');
    checkCount(header.uncompressed_page_size, limits.bytes, 'bytes');
    const count = (header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header)
      ?.num_values;
    values += checkCount(count ?? 0, limits.values, 'values');
    checkCount(values, limits.values, 'values');
    const page = new Uint8Array(bytes, reader.offset, packed);
    const unpack = (part: Uint8Array, length: number): Uint8Array =>
      column.codec === 'UNCOMPRESSED' ? part : (compressors[column.codec]?.(part, length) ?? part);
    checkPage(page, header, levels, unpack);
    reader.offset += packed;
  }
}

const countBits = (level: number): number => 32 - Math.clz32(level);

function checkPage(
  page: Uint8Array,
  { data_page_header: first, data_page_header_v2: second, uncompressed_page_size: size }: PageHeader,
  levels: Levels,
  unpack: (part: Uint8Array, length: number) => Uint8Array,
): void {
  if (first !== undefined) {
    const data = unpack(page, size);
    let at = 0;
    for (const bits of [levels.repetition, levels.definition]) {
      if (bits > 0) at = checkSizedRuns(data, at, bits, first.num_values);
    }
    checkValues(data.subarray(at), first.encoding, first.num_values);
  } else if (second !== undefined) {
    const repetition = checkCount(second.repetition_levels_byte_length, page.length, 'bytes');
    const definition = checkCount(second.definition_levels_byte_length, page.length - repetition, 'bytes');
    checkCount(second.num_nulls, second.num_values, 'values');
    const end = repetition + definition;
    checkRuns(page.subarray(0, repetition), levels.repetition, second.num_values);
    checkRuns(page.subarray(repetition, end), levels.definition, second.num_values);
    const rest = page.subarray(end);
    const data = second.is_compressed === false ? rest : unpack(rest, size - end);
    checkValues(data, second.encoding, second.num_values);
  }
}

function checkValues(data: Uint8Array, encoding: string, count: number): void {
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    if (data.length > 0) checkRuns(data.subarray(1), checkCount(data[0], 32, 'bits'), count);
  } else if (encoding === 'RLE') checkSizedRuns(data, 0, 1, count);
  else if (encoding.startsWith('DELTA') && count > 0) {
    const block = readVarInt(data, 0);
    checkCount(block.value, 2 ** 20, 'values');
    checkCount(readVarInt(data, block.end).value, 2 ** 10, 'blocks');
  }
}

/** Runs behind their length in bytes; returns where they end. */
function checkSizedRuns(data: Uint8Array, start: number, bits: number, count: number): number {
  const length = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(start, true);
  const end = start + 4 + checkCount(length, data.length - start - 4, 'bytes');
  checkRuns(data.subarray(start + 4, end), bits, count);
  return end;
}

/** A run that is packed is a multiple of 8, and some programs write long ones. */
const MOST_PADDING = 512;

/** The hybrid of runs and packed bits: each run has a count that fits. */
function checkRuns(data: Uint8Array, bits: number, count: number): void {
  for (let [at, seen] = [0, 0]; at < data.length && seen < count;) {
    const { value, end } = readVarInt(data, at);
    const isPacked = (value & 1) === 1;
    const length = isPacked ? (value >> 1) * 8 : value >>> 1;
    seen += checkCount(length, count + MOST_PADDING, 'values');
    at = end + (isPacked ? (length / 8) * bits : (bits + 7) >> 3);
  }
}

/** As the library reads it: 32 bits with a sign. */
function readVarInt(data: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = data[at];
    if (byte === undefined) throw new RangeError('a number that is cut short');
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

function checkCount(count: unknown, most: number, unit: string): number {
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= most) return count;
  throw new RangeError(`a page of ${String(count)} ${unit}`);
}
