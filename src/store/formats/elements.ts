import { AppError } from '../../errors.ts';

export const ELEMENT_TYPES = [
  'uint8',
  'int8',
  'bool',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
] as const;
/** How a file writes one value. */
export type ElementType = (typeof ELEMENT_TYPES)[number];

interface Element {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number;
}

const HIGH_WORD = 2 ** 32;

export const ELEMENTS: { readonly [Type in ElementType]: Element } = {
  uint8: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  int8: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  bool: { bytes: 1, read: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1) },
  uint16: { bytes: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  int16: { bytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  uint32: { bytes: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  int32: { bytes: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  uint64: {
    bytes: 8,
    read: (view, offset, little) =>
      view.getUint32(offset + (little ? 4 : 0), little) * HIGH_WORD +
      view.getUint32(offset + (little ? 0 : 4), little),
  },
  int64: {
    bytes: 8,
    read: (view, offset, little) =>
      view.getInt32(offset + (little ? 4 : 0), little) * HIGH_WORD +
      view.getUint32(offset + (little ? 0 : 4), little),
  },
  float32: { bytes: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  float64: { bytes: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
};

/** How the values of one file are written. */
export interface Encoding {
  readonly type: ElementType;
  readonly littleEndian: boolean;
}

/**
 * Whole elements as float32, rounded to nearest. `offset` is where `bytes` begins in the file, for the message.
 * NaN stays: a missing value. Errors: data_invalid for infinities and values beyond float32.
 */
export function toFloat32(bytes: Uint8Array, { type, littleEndian }: Encoding, offset: number): Float32Array {
  const element = ELEMENTS[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength / element.bytes);
  for (let i = 0, at = 0; i < values.length; i++, at += element.bytes) {
    const value = Math.fround(element.read(view, at, littleEndian));
    if (value === Infinity || value === -Infinity) {
      const found = String(element.read(view, at, littleEndian));
      throw AppError.of('data_invalid', {
        where: `byte ${offset + at}`,
        found,
        allowed: 'finite float32, or NaN for a missing value',
      });
    }
    values[i] = value;
  }
  return values;
}
