import { AppError } from '../../errors.ts';
import type { StoredArray, StoredArrays } from '../arrays.ts';

/**
 * The safetensors file format for float32: 8 bytes little-endian header length, a JSON header
 * `{ name: { dtype, shape, data_offsets: [begin, end] }, __metadata__: { key: text } }`, then the values, little-endian,
 * row-major, without gaps. Typed arrays are written as they are in memory: hosts are little-endian.
 */
export interface Safetensors {
  readonly arrays: StoredArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header accepted, as in the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const METADATA = '__metadata__';

/** The bytes depend on names and values only: names are sorted, the header is padded with spaces to 8 bytes. */
export function encodeSafetensors(
  arrays: StoredArrays,
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  const names = Object.keys(arrays).sort();
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push([METADATA, sortKeys(metadata)]);
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of names.map((key) => [key, arrays[key] as StoredArray] as const)) {
    if (name === METADATA || data.length !== product(shape)) {
      throw new RangeError(`Array ${name} of shape [${shape.join(', ')}] cannot be stored.`);
    }
    header.push([name, { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }]);
    pieces.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  return Buffer.concat([...encodeHeader(Object.fromEntries(header)), ...pieces]);
}

function encodeHeader(header: object): [Buffer, Buffer] {
  const json = Buffer.from(JSON.stringify(header));
  const padding = Buffer.alloc(-json.length & (ALIGNMENT - 1), ' ');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(json.length + padding.length));
  return [length, Buffer.concat([json, padding])];
}

/** Errors: data_invalid, naming the byte or the array. Gaps, overlaps, other types and trailing bytes are refused. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(buffer);
  const { [METADATA]: metadata, ...arrays } = header.json;
  const values = buffer.subarray(header.end);
  const entries = Object.entries(arrays).map(([name, entry]) => checkEntry(name, entry));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let offset = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== offset)
      throw invalid(`array ${name}`, `begin ${begin}`, `${offset}, with no gap or overlap`);
    offset = end;
  }
  if (offset !== values.length) {
    throw invalid(`byte ${header.end}`, `${values.length} bytes of values`, `${offset}, as the header says`);
  }
  return {
    arrays: Object.fromEntries(entries.map((entry) => [entry.name, readArray(values, entry)])),
    metadata: checkMetadata(metadata),
  };
}

function readHeader(buffer: Buffer): { json: Record<string, unknown>; end: number } {
  if (buffer.length < LENGTH_BYTES) throw invalid('byte 0', `${buffer.length} bytes`, 'at least 8');
  const length = buffer.readBigUInt64LE(0);
  const most = Math.min(MAX_HEADER_BYTES, buffer.length - LENGTH_BYTES);
  if (length > BigInt(most)) throw invalid('byte 0', `header length ${String(length)}`, `at most ${most}`);
  const end = LENGTH_BYTES + Number(length);
  const json = parseJson(buffer.subarray(LENGTH_BYTES, end));
  if (!isObject(json)) throw invalid('byte 8', 'another kind of header', 'a JSON object');
  return { json, end };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const values = { where: 'byte 8', found: 'a header that cannot be read', allowed: 'JSON in UTF-8' };
    throw AppError.of('data_invalid', values, { cause });
  }
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function checkEntry(rawName: string, entry: unknown): Entry {
  const name = JSON.stringify(rawName.slice(0, 80));
  const where = `array ${name}`;
  if (!isObject(entry)) throw invalid(where, 'no description', 'an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32') throw invalid(where, `dtype ${describe(dtype)}`, 'F32');
  if (!isCounts(shape)) throw invalid(where, `shape ${describe(shape)}`, 'a list of whole numbers');
  if (!isCounts(offsets)) throw invalid(where, `data_offsets ${describe(offsets)}`, 'two whole numbers');
  const [begin, end] = offsets;
  if (
    begin === undefined ||
    end === undefined ||
    offsets.length !== 2 ||
    end - begin !== 4 * product(shape)
  ) {
    throw invalid(
      where,
      `data_offsets ${describe(offsets)}`,
      `4 bytes for each element of ${describe(shape)}`,
    );
  }
  return { name: rawName, shape, begin, end };
}

/** Copies, because the values in a file may not be aligned for a Float32Array. */
function readArray(values: Buffer, { shape, begin, end }: Entry): StoredArray {
  const data = new Float32Array((end - begin) / 4);
  new Uint8Array(data.buffer).set(values.subarray(begin, end));
  return { shape, data };
}

function checkMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isObject(metadata)) throw invalid(METADATA, describe(metadata), 'an object of texts');
  return Object.fromEntries(
    Object.entries(metadata).map(([key, text]) => {
      if (typeof text !== 'string') throw invalid(METADATA, describe(text), 'text');
      return [key, text];
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

const product = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);

const sortKeys = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

const describe = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);

const invalid = (where: string, found: string, allowed: string): AppError =>
  AppError.of('data_invalid', { where, found, allowed });
