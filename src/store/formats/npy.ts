import { AppError } from '../../errors.ts';
import type { StoredArray } from '../arrays.ts';
import type { ByteReader } from './byte-reader.ts';
import { denseRows, type DenseHeader } from './dense.ts';
import { ELEMENTS, toFloat32, type Encoding } from './elements.ts';
import { checkShape } from './limits.ts';
import { parseNpyHeader } from './npy-header.ts';
import type { RowFormat } from './rows.ts';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Magic and the two bytes of the version. */
const VERSION_END = 8;
const MAX_HEADER_BYTES = 16384;
const ALIGNMENT = 64;

const isNpy = (head: Uint8Array): boolean => MAGIC.equals(head.subarray(0, MAGIC.length));

/** NumPy's array files, versions 1 to 3: one array [rows, ...row shape] in C order. */
export const npy: RowFormat = {
  recognises: isNpy,
  open: async (reader, limits) => denseRows(reader, await readNpyHeader(reader), limits),
};

/** Reads magic, version and header; the values follow. */
export async function readNpyHeader(reader: ByteReader): Promise<DenseHeader> {
  const lengthBytes = checkVersion(await reader.take(VERSION_END, 'magic and version'));
  const length = checkLength(await reader.take(lengthBytes, 'header length'));
  const start = reader.offset;
  return parseNpyHeader((await reader.take(length, 'header')).toString('latin1'), start);
}

/** Returns how many bytes the header's length takes: 2 in version 1, 4 in versions 2 and 3. */
function checkVersion(prefix: Buffer): 2 | 4 {
  if (!isNpy(prefix)) throw invalid('byte 0', `0x${prefix.toString('hex')}`, 'the NPY magic, 0x934e554d5059');
  const major = prefix.readUInt8(MAGIC.length);
  const minor = prefix.readUInt8(MAGIC.length + 1);
  if (major < 1 || major > 3 || minor !== 0) {
    throw invalid(`byte ${MAGIC.length}`, `NPY version ${major}.${minor}`, '1.0, 2.0, 3.0');
  }
  return major === 1 ? 2 : 4;
}

function checkLength(bytes: Buffer): number {
  const length = bytes.readUIntLE(0, bytes.length);
  if (length <= MAX_HEADER_BYTES) return length;
  throw invalid(`byte ${VERSION_END}`, `a header of ${length} bytes`, `at most ${MAX_HEADER_BYTES}`);
}

/** An array in memory whose values are not decoded yet: exactly as many bytes as the shape needs. */
export interface EncodedArray extends Encoding {
  readonly shape: readonly number[];
  readonly bytes: Buffer;
  /** Where the values begin in the file, for messages. */
  readonly start: number;
}

/** A whole NPY file in memory, e.g. a request body. Errors: data_invalid, too_large beyond `maxValues`. */
export function openNpy(bytes: Uint8Array, limits: { readonly maxValues: number }): EncodedArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = checkVersion(takeSlice(buffer, 0, VERSION_END));
  const start = VERSION_END + lengthBytes;
  const end = start + checkLength(takeSlice(buffer, VERSION_END, start));
  const header = parseNpyHeader(takeSlice(buffer, start, end).toString('latin1'), start);
  const count = checkShape(header.shape, header.where) * (header.shape[0] ?? 0);
  if (count > limits.maxValues) {
    throw AppError.of('too_large', { what: 'The array', limit: limits.maxValues, unit: 'values' });
  }
  const expected = end + count * ELEMENTS[header.type].bytes;
  if (buffer.length !== expected) {
    throw invalid(
      `byte ${Math.min(buffer.length, expected)}`,
      `${buffer.length} bytes in all`,
      `${expected}`,
    );
  }
  const { shape, type, littleEndian } = header;
  return { shape, type, littleEndian, bytes: buffer.subarray(end), start: end };
}

/** The same with its values decoded. Errors: also data_invalid for values that are not finite float32 or NaN. */
export function decodeNpy(bytes: Uint8Array, limits: { readonly maxValues: number }): StoredArray {
  const array = openNpy(bytes, limits);
  return { shape: array.shape, data: toFloat32(array.bytes, array, array.start) };
}

/** NPY version 1, little-endian float32, as numpy.save writes it. */
export function encodeNpy(shape: readonly number[], data: Float32Array): Buffer {
  if (shape.reduce((size, axis) => size * axis, 1) !== data.length) {
    throw new RangeError(`Shape [${shape.join(', ')}] does not hold ${data.length} values.`);
  }
  return Buffer.concat([
    encodeNpyHeader(shape),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

/** What stands before the values of an array. */
export function encodeNpyHeader(shape: readonly number[]): Buffer {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const unpadded = VERSION_END + 2 + header.length + 1;
  const padded = `${header}${' '.repeat(-unpadded & (ALIGNMENT - 1))}\n`;
  const prefix = Buffer.from([...MAGIC, 1, 0, padded.length & 0xff, padded.length >> 8]);
  return Buffer.concat([prefix, Buffer.from(padded, 'latin1')]);
}

function takeSlice(buffer: Buffer, start: number, end: number): Buffer {
  if (buffer.length >= end) return buffer.subarray(start, end);
  throw invalid(`byte ${buffer.length}`, 'the end of the data', `an NPY header up to byte ${end}`);
}

const invalid = (where: string, found: string, allowed: string): AppError =>
  AppError.of('data_invalid', { where, found, allowed });
