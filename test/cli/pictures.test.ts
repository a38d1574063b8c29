import { decode, encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { enlarge, fromPng, pairedRows, toPng } from '../../src/cli/demo/pictures.ts';
import { shuffled, upsideDown } from '../../src/cli/demo/test-images.ts';

const SIZE = { height: 2, width: 3 };
const plain = (value: number): number[] => Array.from({ length: 6 }, () => value);

describe('paired rows', () => {
  test('place each reconstruction right under its original', () => {
    const originals = [plain(0), plain(0.2), plain(0.4)];
    const reconstructions = [plain(0.6), plain(0.8), plain(1)];
    const png = decode(toPng(pairedRows(originals, reconstructions, SIZE, 2)));
    const at = (x: number, y: number) => png.data[y * png.width + x];
    // Two columns of width 3 and a gap, a border of 5; two pairs of 2 rows of height 2 and a gap, bands of 5.
    expect([png.width, png.height, png.channels, png.depth]).toEqual([7 + 10, 2 * 5 + 3 * 5, 1, 8]);
    expect([at(5, 5), at(5, 8), at(9, 5), at(9, 8), at(5, 15), at(5, 18)]).toEqual([
      0, 153, 51, 204, 102, 255,
    ]);
    const background = at(0, 0);
    expect([at(8, 5), at(5, 7), at(5, 10), at(9, 15)]).toEqual(Array(4).fill(background));
  });

  test('keep the rows and columns of an image', () => {
    const image = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const { pixels, width } = pairedRows([image], [image], SIZE, 1);
    expect([...pixels.subarray(5 * width + 5, 5 * width + 8)]).toEqual([0, 51, 102]);
    expect([...pixels.subarray(6 * width + 5, 6 * width + 8)]).toEqual([153, 204, 255]);
  });

  test('clamp values outside [0, 1]', () => {
    const { pixels, width } = pairedRows([plain(-1)], [plain(2)], SIZE, 1);
    expect([pixels[5 * width + 5], pixels[8 * width + 5]]).toEqual([0, 255]);
  });
});

test('enlarging repeats each pixel as a square', () => {
  const picture = { width: 2, height: 2, pixels: Uint8ClampedArray.of(1, 2, 3, 4) };
  const large = fromPng(toPng(enlarge(picture, 2)));
  expect([large.width, large.height]).toEqual([4, 4]);
  expect([...large.pixels]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

test('a colour PNG is refused', () => {
  const png = encode({ width: 1, height: 1, data: new Uint8Array(3), channels: 3, depth: 8 });
  expect(() => fromPng(png)).toThrow('found a PNG with 3 channels of 8 bits');
});

describe('spoilt images', () => {
  const image = Array.from({ length: 784 }, (_, i) => i);

  test('upside down swaps opposite pixels', () => {
    expect(upsideDown([image])[0]?.slice(0, 3)).toEqual([783, 782, 781]);
  });

  test('shuffled keeps every pixel value, elsewhere', () => {
    const [mixed = []] = shuffled([image]);
    expect(mixed).not.toEqual(image);
    expect(mixed.toSorted((a, b) => a - b)).toEqual(image);
  });
});
