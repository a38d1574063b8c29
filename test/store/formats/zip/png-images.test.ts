import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { codeOf, errorOf } from '../../support.ts';
import { openBytes, readArray } from '../opening.ts';
import { zipFiles } from '../zip-writer.ts';

const encodeImage = (width: number, height: number, channels: 1 | 2 | 3 | 4, values: number[]): Uint8Array =>
  encode({ width, height, channels, depth: 8, data: Uint8Array.from(values) });
const grey = (...values: number[]): Uint8Array => encodeImage(2, 1, 1, values);
const zipImages = (...images: Uint8Array[]): Buffer =>
  zipFiles(images.map((bytes, i) => ({ name: `folder/${i}.png`, bytes })));

/** An image of a header and pixels written by hand: the encoder writes neither palettes nor few bits. */
function writePng(header: number[], chunks: readonly (readonly [string, Uint8Array])[]): Buffer {
  const parts = [['IHDR', Uint8Array.from(header)] as const, ...chunks, ['IEND', new Uint8Array()] as const];
  const written = parts.map(([type, data]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type), data]);
    return Buffer.concat([length, body, checksum(body)]);
  });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...written]);
}

function checksum(bytes: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const written = Buffer.alloc(4);
  written.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return written;
}

describe('png_zip', () => {
  it.each<[string, Uint8Array[], number[], number[]]>([
    ['grey', [grey(0, 255), grey(7, 8)], [1, 2], [0, 255, 7, 8]],
    ['colour', [encodeImage(1, 2, 3, [1, 2, 3, 4, 5, 6])], [2, 1, 3], [1, 2, 3, 4, 5, 6]],
    ['opaque grey with alpha', [encodeImage(2, 1, 2, [9, 255, 8, 255])], [1, 2], [9, 8]],
    ['opaque colour with alpha', [encodeImage(1, 1, 4, [1, 2, 3, 255])], [1, 1, 3], [1, 2, 3]],
    [
      'a bit a pixel',
      [
        writePng(
          [0, 0, 0, 3, 0, 0, 0, 1, 1, 0, 0, 0, 0],
          [['IDAT', deflateSync(Buffer.from([0, 0b10100000]))]],
        ),
      ],
      [1, 3],
      [255, 0, 255],
    ],
    [
      'a palette',
      [
        writePng(
          [0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0],
          [
            ['PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6)],
            ['IDAT', deflateSync(Buffer.from([0, 1, 0]))],
          ],
        ),
      ],
      [1, 2, 3],
      [4, 5, 6, 1, 2, 3],
    ],
  ])('reads %s', async (_, images, rowShape, values) => {
    const read = await readArray(openBytes(zipImages(...images)));
    expect(read).toEqual({ format: 'png_zip', dtype: 'uint8', rowShape, values, labels: null });
  });

  it('leaves out what systems add', async () => {
    const names = ['__MACOSX/._0.png', 'digits/', 'digits/.DS_Store', 'digits/Thumbs.db', 'digits/0.PNG'];
    const file = zipFiles(
      names.map((name) => ({ name, bytes: name.endsWith('PNG') ? grey(1, 2) : new Uint8Array() })),
    );
    expect((await readArray(openBytes(file))).values).toEqual([1, 2]);
  });

  it('lists all images that do not fit', async () => {
    const file = zipImages(
      grey(1, 2),
      encodeImage(1, 1, 1, [1]),
      encodeImage(2, 1, 3, [1, 2, 3, 4, 5, 6]),
      encodeImage(2, 1, 2, [1, 255, 2, 0]),
      Buffer.from('no image'),
      encode({ width: 2, height: 1, channels: 1, depth: 16, data: Uint16Array.of(1, 2) }),
      grey(1, 2).subarray(0, 40),
    );
    const error = await errorOf(readArray(openBytes(file)));
    expect(error?.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual([
      'row 2, folder/1.png: found 1 x 1 pixels, grey; allowed: 2 x 1 pixels, grey, as in the first image; 1 more at row 3',
      'row 4, folder/3.png: found transparent pixels; allowed: opaque images',
      'row 5, folder/4.png: found no PNG image; allowed: PNG images alone',
      'row 6, folder/5.png: found 16 bits a value; allowed: 8 bits a value at most',
      expect.stringContaining('row 7, folder/6.png: found a damaged PNG image') as string,
    ]);
  });

  it('refuses images that are too large, or unpack to more than they claim', async () => {
    const wide = encodeImage(65_537, 1, 1, Array<number>(65_537).fill(0));
    expect((await errorOf(readArray(openBytes(zipImages(wide)))))?.message).toContain(
      'found 65537 x 1 pixels',
    );
    const header = [0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0];
    const bomb = writePng(header, [['IDAT', deflateSync(Buffer.alloc(100_000_000))]]);
    expect(await codeOf(readArray(openBytes(zipImages(bomb), { pieceBytes: 1000 })))).toBe('data_invalid');
    const text = writePng(header, [
      ['zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(100_000_000))])],
      ['IDAT', deflateSync(Buffer.from([0, 5, 6]))],
    ]);
    expect((await readArray(openBytes(zipImages(text), { pieceBytes: 1000 }))).values).toEqual([5, 6]);
  });
});
