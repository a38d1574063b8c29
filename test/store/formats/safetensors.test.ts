import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import type { StoredArrays } from '../../../src/store/arrays.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/store/formats/safetensors.ts';

const array = (shape: number[], ...values: number[]) => ({ shape, data: new Float32Array(values) });

/** A file made by hand: header text, then the bytes of the values. */
function file(header: string, values: Uint8Array | number[] = []): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), Uint8Array.from(values)]);
}
const entry = (shape: unknown, offsets: unknown, dtype = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

const GOLDEN = Buffer.concat([
  Buffer.from('7000000000000000', 'hex'),
  Buffer.from('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'),
  Buffer.from('"b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}}  '),
  Buffer.from('0000803f000000c00000803e', 'hex'),
]);

describe('encodeSafetensors', () => {
  it('lays the bytes out as the format says', () => {
    expect(encodeSafetensors({ b: array([1, 1], 0.25), a: array([2], 1, -2) })).toEqual(GOLDEN);
  });

  it('writes the same bytes whatever the order of names', () => {
    const [a, b] = [array([2], 1, 2), array([], 3)];
    expect(encodeSafetensors({ a, b }, { x: '1', y: '2' })).toEqual(
      encodeSafetensors({ b, a }, { y: '2', x: '1' }),
    );
  });

  it('refuses an array whose shape does not fit its values', () => {
    expect(() => encodeSafetensors({ a: array([3], 1, 2) })).toThrow(RangeError);
    expect(() => encodeSafetensors({ __metadata__: array([1], 1) })).toThrow(RangeError);
  });

  it('keeps a part of a larger buffer to itself', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const { arrays } = decodeSafetensors(encodeSafetensors({ a: { shape: [2], data } }));
    expect(arrays['a']).toEqual(array([2], 1, 2));
  });
});

const finiteFloat = fc.float({ noNaN: true });
const arrays: fc.Arbitrary<StoredArrays> = fc.dictionary(
  fc.string().filter((name) => name !== '__metadata__'),
  fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) =>
    fc
      .array(finiteFloat, {
        minLength: shape.reduce((a, b) => a * b, 1),
        maxLength: shape.reduce((a, b) => a * b, 1),
      })
      .map((values) => array(shape, ...values)),
  ),
  { maxKeys: 5, noNullPrototype: true },
);

describe('decodeSafetensors', () => {
  it('reads the golden file', () => {
    expect(decodeSafetensors(GOLDEN)).toEqual({
      arrays: { a: array([2], 1, -2), b: array([1, 1], 0.25) },
      metadata: {},
    });
  });

  it('reads back what was encoded, metadata and empty arrays included', () => {
    fc.assert(
      fc.property(
        arrays,
        fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
        (given, metadata) => {
          expect(decodeSafetensors(encodeSafetensors(given, metadata))).toEqual({ arrays: given, metadata });
        },
      ),
    );
  });

  it('reads values that do not lie on a multiple of four', () => {
    const header = `{"a":${entry([1], [0, 4])}}`;
    expect(decodeSafetensors(file(header, [0, 0, 128, 63])).arrays).toEqual({ a: array([1], 1) });
    const shifted = Buffer.concat([Buffer.alloc(1), GOLDEN]).subarray(1);
    expect(decodeSafetensors(shifted).arrays['a']).toEqual(array([2], 1, -2));
  });

  it('refuses a file cut anywhere', () => {
    for (let end = 0; end < GOLDEN.length; end++) {
      expect(() => decodeSafetensors(GOLDEN.subarray(0, end))).toThrow(AppError);
    }
  });

  it.each([
    [
      'trailing bytes',
      Buffer.concat([GOLDEN, Buffer.alloc(1)]),
      'byte 120: found 13 bytes of values; allowed: 12',
    ],
    [
      'a header longer than the file',
      Buffer.from('ffffffffffffffff7b7d', 'hex'),
      'header length 18446744073709551615',
    ],
    ['a header that is no JSON', file('{"a":'), 'JSON in UTF-8'],
    ['a header that is no UTF-8', Buffer.from('01000000000000' + '00ff', 'hex'), 'JSON in UTF-8'],
    ['a header that is no object', file('[]'), 'a JSON object'],
    [
      'another type',
      file(`{"a":${entry([1], [0, 8], 'F64')}}`, Array(8).fill(0)),
      'array "a": found dtype "F64"; allowed: F32',
    ],
    ['a negative axis', file(`{"a":${entry([-1], [0, 4])}}`, [0, 0, 0, 0]), 'shape [-1]'],
    ['a broken axis', file(`{"a":${entry([0.5], [0, 2])}}`, [0, 0]), 'shape [0.5]'],
    ['no shape', file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, [0, 0, 0, 0]), 'shape nothing'],
    ['no offsets', file(`{"a":{"dtype":"F32","shape":[1]}}`, [0, 0, 0, 0]), 'data_offsets nothing'],
    ['three offsets', file(`{"a":${entry([1], [0, 4, 4])}}`, [0, 0, 0, 0]), 'data_offsets [0,4,4]'],
    [
      'sizes that do not fit the shape',
      file(`{"a":${entry([2], [0, 4])}}`, [0, 0, 0, 0]),
      '4 bytes for each element',
    ],
    [
      'a shape too large for numbers',
      file(`{"a":${entry([2 ** 50, 2 ** 50], [0, 4])}}`, [0, 0, 0, 0]),
      '4 bytes for each',
    ],
    ['a gap', file(`{"a":${entry([1], [4, 8])}}`, Array(8).fill(0)), 'begin 4; allowed: 0'],
    [
      'an overlap',
      file(`{"a":${entry([1], [0, 4])},"b":${entry([1], [0, 4])}}`, [0, 0, 0, 0]),
      'begin 0; allowed: 4',
    ],
    ['an array that is no object', file('{"a":1}'), 'no description'],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), '__metadata__: found 1; allowed: text'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(AppError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('answers any altered bytes with a value or an AppError', () => {
    const changes = fc.array(fc.tuple(fc.nat(GOLDEN.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(changes, (list) => {
        const bytes = Buffer.from(GOLDEN);
        for (const [at, value] of list) bytes[at] = value;
        onlyAppErrors(() => decodeSafetensors(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('answers any bytes and any header with a value or an AppError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        onlyAppErrors(() => decodeSafetensors(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.json(), (header) => {
        onlyAppErrors(() => decodeSafetensors(file(header)));
      }),
    );
  });
});

function onlyAppErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}
