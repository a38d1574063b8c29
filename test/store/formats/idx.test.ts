import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, errorOf, idxFile } from '../support.ts';
import { readUpload } from './opening.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
/** Two images of 1 x 3. */
const IMAGES = idxFile(0x08, [2, 1, 3], bytes('00017f80feff'));

describe('idx', () => {
  it('keeps uint8 as it is', async () => {
    expect(await readUpload(IMAGES)).toEqual({
      format: 'idx',
      dtype: 'uint8',
      rowShape: [1, 3],
      values: [0, 1, 127, 128, 254, 255],
    });
  });

  it.each([
    ['int8', 0x09, '80ff017f', [-128, -1, 1, 127]],
    ['int16', 0x0b, '8000fffe00017fff', [-32768, -2, 1, 32767]],
    ['int32', 0x0c, '80000000ffffffff0000000100010000', [-2147483648, -1, 1, 65536]],
    ['float32', 0x0d, '3f800000c00000003e80000000000000', [1, -2, 0.25, 0]],
    ['float64', 0x0e, '3ff00000000000003fb999999999999a7ff0000000000000'.slice(0, 32), [1, Math.fround(0.1)]],
  ])('reads big-endian %s as float32', async (_, type, hex, values) => {
    const read = await readUpload(idxFile(type, [values.length, 1], bytes(hex)), { pieceBytes: 3 });
    expect(read).toEqual({ format: 'idx', dtype: 'float32', rowShape: [1], values });
  });

  it('reads the same values however the bytes are cut', async () => {
    const data = Buffer.alloc(8 * 15);
    for (let i = 0; i < 15; i++) data.writeDoubleBE(i / 3, 8 * i);
    const file = idxFile(0x0e, [5, 3], data);
    const whole = await readUpload(file, { pieceBytes: file.length });
    for (let pieceBytes = 1; pieceBytes < 40; pieceBytes++) {
      expect(await readUpload(file, { pieceBytes })).toEqual(whole);
    }
  });

  it('reads NaN as a missing value', async () => {
    const { values } = await readUpload(idxFile(0x0d, [1, 2], bytes('000000007fc00000')));
    expect(values).toEqual([0, NaN]);
  });

  it('refuses a file cut anywhere', async () => {
    for (let end = 0; end < IMAGES.length; end++) {
      expect(await codeOf(readUpload(IMAGES.subarray(0, end)))).toBe('data_invalid');
    }
    const error = await errorOf(readUpload(IMAGES.subarray(0, 20)));
    expect(error?.message).toBe('At byte 20: found the end of the data; allowed: 6 values, up to byte 22.');
  });

  it.each([
    ['trailing bytes', Buffer.concat([IMAGES, bytes('00')]), 'At byte 22: found more bytes'],
    [
      'an unknown type',
      idxFile(0x0a, [1, 1], bytes('00')),
      'At byte 0: found 00000a; allowed: 0000 and then 08, 09',
    ],
    ['one axis, as in a file of labels', idxFile(0x08, [2], bytes('0102')), 'At byte 3: found 1 axes'],
    ['nine axes', idxFile(0x08, Array<number>(9).fill(1), bytes('01')), 'found 9 axes'],
    ['no rows', idxFile(0x08, [0, 3], bytes('')), 'found shape [0, 3]'],
    ['empty rows', idxFile(0x08, [3, 0], bytes('')), 'found shape [3, 0]'],
    ['infinity', idxFile(0x0d, [1, 2], bytes('00000000ff800000')), 'At byte 16: found -Infinity'],
    ['values beyond float32', idxFile(0x0e, [1, 1], bytes('7e37e43c8800759c')), 'At byte 12: found 1e+300'],
  ])('refuses %s', async (_, file, message) => {
    const error = await errorOf(readUpload(file));
    expect(error?.code).toBe('data_invalid');
    expect(error?.message).toContain(message);
  });

  it.each([
    ['rows', idxFile(0x08, [2 ** 31 + 1, 1], bytes('00')), 'limit of 2147483648 rows'],
    ['values in a row', idxFile(0x08, [1, 257, 256], bytes('00')), 'limit of 65536 values'],
    ['bytes', idxFile(0x0d, [2 ** 31, 256, 256], bytes('00')), 'limit of 1048576 bytes'],
    ['values for any number', idxFile(0x08, Array<number>(8).fill(2 ** 32 - 1), bytes('00')), 'limit of'],
  ])('refuses a header that claims too many %s before it reads on', async (_, file, message) => {
    const error = await errorOf(readUpload(file));
    expect(error?.code).toBe('too_large');
    expect(error?.message).toContain(message);
  });

  it('answers any altered bytes with rows or an AppError', async () => {
    const changes = fc.array(fc.tuple(fc.nat(IMAGES.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const file = Buffer.from(IMAGES);
        for (const [at, value] of list) file[at] = value;
        await codeOf(readUpload(file));
      }),
      { numRuns: 300 },
    );
  });
});
