import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from '../../../src/store/formats/npy.ts';
import { codeOf, errorOf } from '../support.ts';
import numpyFiles from './golden/npy_files.json' with { type: 'json' };
import { readUpload } from './opening.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const LIMITS = { maxValues: 1000 };

const GOLDEN = bytes(numpyFiles[0]?.hex ?? '');

/** A file with this dictionary as its header, exactly. */
function file(header: string, values = '', version = '0100'): Buffer {
  const length = Buffer.alloc(version === '0100' ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    bytes(`934e554d5059${version}`),
    length,
    Buffer.from(header, 'latin1'),
    bytes(values),
  ]);
}

describe('npy', () => {
  it.each(numpyFiles)('reads $dtype $shape as NumPy wrote it', async ({ dtype, shape, values, hex }) => {
    expect(decodeNpy(bytes(hex), LIMITS)).toEqual({ shape, data: new Float32Array(values) });
    const read = await readUpload(bytes(hex));
    expect(read).toMatchObject({ format: 'npy', rowShape: shape.slice(1), values });
    expect(read.dtype).toBe(dtype === '|u1' ? 'uint8' : 'float32');
  });

  it('writes the bytes NumPy writes', () => {
    expect(encodeNpy([2, 2], new Float32Array([1.5, -2, 0, 3.25]))).toEqual(GOLDEN);
    expect(encodeNpy([3], new Float32Array(3)).toString('latin1')).toContain("'shape': (3,), }");
    expect(() => encodeNpy([2], new Float32Array(3))).toThrow(RangeError);
  });

  it('reads back what was encoded', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(shape, fc.float({ noNaN: true, noDefaultInfinity: true }), (axes, value) => {
        const data = new Float32Array(axes.reduce((a, b) => a * b, 1)).fill(value);
        expect(decodeNpy(encodeNpy(axes, data), LIMITS)).toEqual({ shape: axes, data });
      }),
    );
  });

  it.each([
    ["{'shape': (1, 2), 'fortran_order': False, 'descr': '<f4'}"],
    ['{"descr":"<f4","fortran_order":False,"shape":(1,2,)}   \n'],
    ["{ 'descr' : '=f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 ) , }"],
  ])('reads the header %j', (header) => {
    expect(decodeNpy(file(header, '0000803f00000040'), LIMITS).data).toEqual(new Float32Array([1, 2]));
  });

  const fields = (descr: string, order: string, shape: string) =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  it.each([
    ['column order', fields("'<f4'", 'True', '(1, 2)'), 'found "True, \'shape\': (1, 2), }"; allowed: False'],
    ['objects', fields("'|O'", 'False', '(1, 2)'), 'allowed: < or >'],
    ['a record type', fields("[('a', '<f4')]", 'False', '(1, 2)'), 'dictionary'],
    ['no byte order', fields("'f4'", 'False', '(1, 2)'), 'allowed: < or >'],
    ['many bytes of no order', fields("'|f4'", 'False', '(1, 2)'), 'allowed: < or >'],
    ['half precision', fields("'<f2'", 'False', '(1, 2)'), 'allowed: < or >'],
    ['code', "{'descr': __import__('os').system('true')}", 'dictionary'],
    ['a call as shape', fields("'<f4'", 'False', '(1, len(x))'), 'the length of an axis'],
    ['a negative axis', fields("'<f4'", 'False', '(-1, 2)'), 'dictionary'],
    ['a huge axis', fields("'<f4'", 'False', '(99999999999999999999, 2)'), 'the length of an axis'],
    ['a list as shape', fields("'<f4'", 'False', '[1, 2]'), 'dictionary'],
    ['a missing field', "{'descr': '<f4', 'shape': (1, 2), }", 'all of descr, fortran_order, shape'],
    ['a field twice', "{'descr': '<f4', 'descr': '<f4', 'shape': (1, 2), }", 'one each of'],
    ['another field', "{'constructor': 1}", 'one each of'],
    ['text behind', `${fields("'<f4'", 'False', '(1, 2)')} x`, 'the end of the header'],
    ['no text', '', 'dictionary'],
    ['an open end', "{'descr': '<f4'", 'dictionary'],
    ['one axis', fields("'<f4'", 'False', '(2,)'), 'found 1 axes'],
    ['no axis', fields("'<f4'", 'False', '()'), 'found 0 axes'],
    ['no rows', fields("'<f4'", 'False', '(0, 2)'), 'found shape [0, 2]'],
  ])('refuses a header with %s', async (_, header, message) => {
    const given = file(header, '0000803f00000040');
    for (const error of [await errorOf(() => decodeNpy(given, LIMITS)), await errorOf(readUpload(given))]) {
      expect(error?.code).toBe('data_invalid');
      expect(error?.message).toContain(message);
      expect(error?.message).toMatch(/^At byte \d+/);
    }
  });

  it.each([
    ['version 4', file('{}', '', '0400'), 'At byte 6: found NPY version 4.0'],
    ['version 1.1', file('{}', '', '0101'), 'At byte 6: found NPY version 1.1'],
    ['a header of 4 GB', bytes('934e554d50590200ffffffff'), 'At byte 8: found a header of 4294967295 bytes'],
    ['trailing bytes', Buffer.concat([GOLDEN, bytes('00')]), 'At byte 144'],
    ['infinity', Buffer.concat([GOLDEN.subarray(0, -4), bytes('0000807f')]), 'At byte 140: found Infinity'],
  ])('refuses %s', async (_, given, message) => {
    for (const error of [await errorOf(() => decodeNpy(given, LIMITS)), await errorOf(readUpload(given))]) {
      expect(error?.code).toBe('data_invalid');
      expect(error?.message).toContain(message);
    }
  });

  it('reads NaN as a missing value', async () => {
    const given = Buffer.concat([GOLDEN.subarray(0, -4), bytes('0000c07f')]);
    expect(decodeNpy(given, LIMITS).data.at(-1)).toBeNaN();
    expect((await readUpload(given)).values.at(-1)).toBeNaN();
  });

  it('refuses a file cut anywhere', async () => {
    for (let end = 0; end < GOLDEN.length; end++) {
      expect(await codeOf(() => decodeNpy(GOLDEN.subarray(0, end), LIMITS))).toBe('data_invalid');
      expect(await codeOf(readUpload(GOLDEN.subarray(0, end)))).toBe('data_invalid');
    }
  });

  it('refuses a header that claims too much before it makes room', async () => {
    const claim = (shape: string) => file(fields("'<f4'", 'False', shape));
    expect(await codeOf(() => decodeNpy(claim('(1000000, 60000)'), LIMITS))).toBe('too_large');
    expect(await codeOf(readUpload(claim('(1000000, 60000)')))).toBe('too_large');
    expect(await codeOf(readUpload(claim('(9000000000000000, 1)')))).toBe('too_large');
    expect(await codeOf(readUpload(claim('(1, 9000000000000000, 9000000000000000)')))).toBe('too_large');
  });

  it('answers any altered bytes with an array or an AppError', async () => {
    const changes = fc.array(fc.tuple(fc.nat(GOLDEN.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const given = Buffer.from(GOLDEN);
        for (const [at, value] of list) given[at] = value;
        expect(await codeOf(() => decodeNpy(given, LIMITS))).toBeTypeOf('string');
        await codeOf(readUpload(given));
      }),
      { numRuns: 500 },
    );
  });
});
