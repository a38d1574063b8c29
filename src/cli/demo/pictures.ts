import { decode, encode } from 'fast-png';
import type { Images } from './test-images.ts';

/** A grey image, row-major, 0 black to 255 white. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Pixels between neighbours, before enlarging: within a pair of rows, and between pairs. */
const [GAP, PAIR_GAP] = [1, 5];
const BACKGROUND = 110;

/**
 * Originals and, under each, its reconstruction: pairs of rows of `columns` images with values in [0, 1], set apart by
 * wider grey bands.
 */
export function pairedRows(
  originals: Images,
  reconstructions: Images,
  { height, width }: ImageSize,
  columns: number,
): Picture {
  const pairs = Math.ceil(originals.length / columns);
  const pairHeight = 2 * height + GAP;
  const picture = blank(
    columns * (width + GAP) - GAP + 2 * PAIR_GAP,
    pairs * (pairHeight + PAIR_GAP) + PAIR_GAP,
  );
  for (let i = 0; i < originals.length; i++) {
    const left = PAIR_GAP + (i % columns) * (width + GAP);
    const top = PAIR_GAP + Math.floor(i / columns) * (pairHeight + PAIR_GAP);
    place(picture, originals[i] ?? [], width, left, top);
    place(picture, reconstructions[i] ?? [], width, left, top + height + GAP);
  }
  return picture;
}

/** Each pixel as a square of `factor` by `factor`. */
export function enlarge({ width, height, pixels }: Picture, factor: number): Picture {
  const large = blank(width * factor, height * factor);
  for (let y = 0; y < large.height; y++) {
    const row = Math.floor(y / factor) * width;
    for (let x = 0; x < large.width; x++) {
      large.pixels[y * large.width + x] = pixels[row + Math.floor(x / factor)] ?? 0;
    }
  }
  return large;
}

export function toPng({ width, height, pixels }: Picture): Uint8Array {
  return encode({ width, height, data: pixels, channels: 1, depth: 8 });
}

/** Errors: RangeError where the PNG is not grey with 8 bits a pixel. */
export function fromPng(png: Uint8Array): Picture {
  const { width, height, data, channels, depth } = decode(png);
  if (channels !== 1 || depth !== 8) {
    throw new RangeError(
      `found a PNG with ${channels} channels of ${depth} bits; allowed: 1 channel of 8 bits`,
    );
  }
  return { width, height, pixels: Uint8ClampedArray.from(data) };
}

function blank(width: number, height: number): Picture {
  return { width, height, pixels: new Uint8ClampedArray(width * height).fill(BACKGROUND) };
}

function place(picture: Picture, values: readonly number[], width: number, left: number, top: number): void {
  for (const [i, value] of values.entries()) {
    const at = (top + Math.floor(i / width)) * picture.width + left + (i % width);
    picture.pixels[at] = value * 255;
  }
}
