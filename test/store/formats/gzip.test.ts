import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../src/store/formats/npy.ts';
import { openFile } from '../../../src/store/formats/open-file.ts';
import { codeOf, errorOf, idxFile } from '../support.ts';
import { readText, readUpload } from './opening.ts';

const IMAGES = idxFile(0x08, [3, 2, 2], Buffer.from('0102030405060708090a0b0c', 'hex'));
const PACKED = gzipSync(IMAGES);

describe('gzip', () => {
  it('unpacks each format', async () => {
    const array = encodeNpy([1, 2], new Float32Array([1, 2]));
    expect(await readUpload(PACKED)).toEqual(await readUpload(IMAGES));
    expect(await readUpload(gzipSync(array))).toEqual(await readUpload(array));
    expect(await readText(gzipSync('a,b\n1,2\n'))).toEqual(await readText('a,b\n1,2\n'));
  });

  it('unpacks a file of several members', async () => {
    const members = Buffer.concat([gzipSync(IMAGES.subarray(0, 9)), gzipSync(IMAGES.subarray(9))]);
    expect(await readUpload(members)).toEqual(await readUpload(IMAGES));
  });

  it('unpacks larger data than its buffers', async () => {
    const values = randomBytes(500_000);
    const file = gzipSync(idxFile(0x08, [500, 1000], values));
    expect((await readUpload(file, { pieceBytes: 10_000 })).values).toEqual([...values]);
  });

  it('refuses a file cut anywhere', async () => {
    for (let end = 0; end < PACKED.length; end++) {
      expect(await codeOf(readUpload(PACKED.subarray(0, end)))).toBe('data_invalid');
    }
  });

  it.each([
    ['a zero byte', '00'],
    ['another byte', 'ff'],
    ['the start of a member', '1f8b'],
    ['many zero bytes', '00'.repeat(100)],
    ['text', '41'.repeat(100)],
  ])('refuses %s behind the end', async (_, hex) => {
    const file = Buffer.concat([PACKED, Buffer.from(hex, 'hex')]);
    for (const pieceBytes of [1, 7, PACKED.length, 1000]) {
      expect(await codeOf(readUpload(file, { pieceBytes }))).toBe('data_invalid');
    }
  });

  it('names the place of the damage', async () => {
    const file = Buffer.from(PACKED);
    file.writeUInt32LE(0, file.length - 8);
    const error = await errorOf(readUpload(file));
    expect(error?.message).toMatch(
      /^At byte \d+ of the gzip file: found a damaged stream \(incorrect data check\)/,
    );
  });

  it('refuses gzip in gzip', async () => {
    expect(await codeOf(readUpload(gzipSync(PACKED)))).toBe('data_invalid');
  });

  it('stops unpacking a small file of a huge content', async () => {
    const bomb = gzipSync(`1.${'0'.repeat(10_000)}\n`.repeat(1000));
    expect(bomb.length).toBeLessThan(100_000);
    const error = await errorOf(
      readText(bomb, { pieceBytes: 1024, limits: { maxUploadBytes: 2 ** 20, maxDatasetBytes: 2 ** 20 } }),
    );
    expect(error?.code).toBe('too_large');
    expect(error?.message).toContain('The decompressed data is larger than the limit of 4194304 bytes');
  });

  it('does not unpack what stands behind the rows a header claims', async () => {
    const bomb = gzipSync(Buffer.concat([IMAGES, Buffer.alloc(2 ** 24)]));
    expect(await codeOf(readUpload(bomb, { pieceBytes: 1024 }))).toBe('data_invalid');
  });

  it('passes on an error of the source as it is', async () => {
    const broken = async function* () {
      yield PACKED.subarray(0, 20);
      throw new Error('the connection broke');
    };
    const limits = { maxUploadBytes: 1e6, maxDatasetBytes: 1e6 };
    await expect(openFile(broken(), { limits })).rejects.toThrow('the connection broke');
  });

  it('answers any altered bytes with rows or an AppError', async () => {
    const changes = fc.array(fc.tuple(fc.nat(PACKED.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const file = Buffer.from(PACKED);
        for (const [at, value] of list) file[at] = value;
        await codeOf(readUpload(file));
      }),
      { numRuns: 500 },
    );
  });
});

describe('openFile', () => {
  it('refuses an upload beyond the limit, packed or not', async () => {
    for (const file of [IMAGES, PACKED]) {
      const limits = { maxUploadBytes: file.length - 1 };
      expect(await codeOf(readUpload(file, { limits }))).toBe('too_large');
      expect(await codeOf(readUpload(file, { limits: { maxUploadBytes: file.length } }))).toBe('no error');
    }
  });

  it('refuses rows larger than a data set may be', async () => {
    expect(await codeOf(readUpload(IMAGES, { limits: { maxDatasetBytes: 11 } }))).toBe('too_large');
    expect(await codeOf(readUpload(IMAGES, { limits: { maxDatasetBytes: 12 } }))).toBe('no error');
  });

  it('refuses another format than the one given', async () => {
    const error = await errorOf(readUpload(PACKED, { format: 'npy' }));
    expect(error?.message).toBe('At byte 0: found idx; allowed: npy.');
    expect(await codeOf(readText('1,2\n', { format: 'csv' }))).toBe('no error');
  });
});
