import { AppError } from '../../errors.ts';
import { denseRows } from './dense.ts';
import type { ElementType } from './elements.ts';
import type { RowFormat } from './rows.ts';

/** Type codes of the third byte. */
const TYPES: ReadonlyMap<number, ElementType> = new Map([
  [0x08, 'uint8'],
  [0x09, 'int8'],
  [0x0b, 'int16'],
  [0x0c, 'int32'],
  [0x0d, 'float32'],
  [0x0e, 'float64'],
]);
const MAGIC_BYTES = 4;
const AXIS_BYTES = 4;

/** IDX, as MNIST is published: 0 0 type axes, then one big-endian uint32 for each axis, then the values, big-endian. */
export const idx: RowFormat = {
  recognises: (head) => head[0] === 0 && head[1] === 0,
  open: async (reader, limits) => {
    const magic = await reader.take(MAGIC_BYTES, 'the IDX magic number');
    const type = TYPES.get(magic.readUInt8(2));
    if (magic.readUInt16BE(0) !== 0 || type === undefined) {
      const allowed = `0000 and then ${[...TYPES.keys()].map(hex).join(', ')}`;
      throw AppError.of('data_invalid', { where: 'byte 0', found: magic.toString('hex', 0, 3), allowed });
    }
    const axes = magic.readUInt8(3);
    const bytes = await reader.take(axes * AXIS_BYTES, 'axis lengths');
    const shape = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(axis * AXIS_BYTES));
    return denseRows(reader, { type, littleEndian: false, shape, where: 'byte 3' }, limits);
  },
};

const hex = (code: number): string => code.toString(16).padStart(2, '0');
