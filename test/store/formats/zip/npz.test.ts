import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../../src/store/formats/npy.ts';
import { codeOf, errorOf } from '../../support.ts';
import { openBytes, openStored, readArray } from '../opening.ts';
import { zipFiles } from '../zip-writer.ts';

const rows = encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
/** numpy.save of whole numbers, written by hand. */
function encodeWhole(descr: string, shape: string, bytes: number[]): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(header),
    Buffer.from(bytes),
  ]);
}
const labels = encodeWhole('|u1', '(2,)', [7, 9]);

describe('npz', () => {
  it.each([
    ['one array', [{ name: 'arr_0.npy', bytes: rows }], null],
    [
      'x and y',
      [
        { name: 'y.npy', bytes: labels },
        { name: 'x.npy', bytes: rows },
      ],
      [7, 9],
    ],
    [
      'X and Y',
      [
        { name: 'X.npy', bytes: rows },
        { name: 'Y.npy', bytes: labels },
      ],
      [7, 9],
    ],
  ])('reads %s', async (_, files, expected) => {
    const bytes = zipFiles(files);
    for (const opened of [openBytes(bytes), openStored(bytes)]) {
      expect(await readArray(opened)).toEqual({
        format: 'npz',
        dtype: 'float32',
        rowShape: [3],
        values: [1, 2, 3, 4, 5, 6],
        labels: expected,
      });
    }
  });

  it.each([
    [
      'two arrays without names',
      ['arr_0', 'arr_1'],
      'found "arr_0", "arr_1"; allowed: one array with 2 or more axes',
    ],
    ['three arrays', ['x', 'y', 'z'], 'found "x", "y", "z"'],
  ])('refuses %s', async (_, names, message) => {
    const bytes = zipFiles(names.map((name) => ({ name: `${name}.npy`, bytes: rows })));
    expect((await errorOf(readArray(openBytes(bytes))))?.message).toContain(message);
  });

  it.each([
    [
      'labels of another length',
      encodeWhole('|u1', '(3,)', [1, 2, 3]),
      'found uint8 [3]; allowed: whole numbers [2]',
    ],
    ['labels that are not whole', encodeNpy([2], Float32Array.of(1, 2)), 'found float32 [2]'],
    ['texts', encodeWhole('<U4', '(2,)', []), 'y.npy: found an array that cannot be read'],
  ])('refuses %s', async (_, bytes, message) => {
    const file = zipFiles([
      { name: 'x.npy', bytes: rows },
      { name: 'y.npy', bytes },
    ]);
    expect((await errorOf(readArray(openBytes(file))))?.message).toContain(message);
  });

  it('refuses what a small file would unpack to', async () => {
    const bomb = Buffer.concat([encodeWhole('|u1', '(1000, 4000)', []), Buffer.alloc(4_000_000)]);
    const limits = { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 };
    expect(
      await codeOf(
        readArray(openBytes(zipFiles([{ name: 'a.npy', bytes: bomb }]), { limits, pieceBytes: 1000 })),
      ),
    ).toBe('too_large');
    const hidden = Buffer.concat([rows, Buffer.alloc(4_000_000)]);
    expect(
      await codeOf(
        readArray(openBytes(zipFiles([{ name: 'a.npy', bytes: hidden }]), { limits, pieceBytes: 1000 })),
      ),
    ).toBe('data_invalid');
  });

  it('refuses damaged files', async () => {
    const bytes = zipFiles([{ name: 'x.npy', bytes: rows }]);
    for (let at = 2; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      expect(['data_invalid', 'too_large', 'no error']).toContain(
        await codeOf(readArray(openStored(damaged))),
      );
    }
    for (let length = 4; length < bytes.length; length += 7) {
      expect(await codeOf(readArray(openStored(bytes.subarray(0, length))))).toBe('data_invalid');
    }
  });

  it.each([
    ['an Excel workbook', [{ name: '[Content_Types].xml', bytes: rows }], 'found an Excel workbook'],
    ['other files', [{ name: 'a.txt', bytes: rows }], 'found a ZIP file with "a.txt"'],
    ['nothing', [], 'found an empty ZIP file'],
  ])('refuses a ZIP file of %s', async (_, files, message) => {
    expect((await errorOf(readArray(openBytes(zipFiles(files)))))?.message).toContain(message);
  });
});
