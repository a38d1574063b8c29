import { gzipSync } from 'node:zlib';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { idxFile } from '../store/support.ts';

export const SIDE = 8;
export const IMAGE_SIZE = SIDE * SIDE;

/** Grey images of one bright bar each, upright or level, with some noise: 0 to 255, always the same ones. */
export function tinyImages(count: number): Uint8Array {
  const next = generator(1);
  const images = new Uint8Array(count * IMAGE_SIZE);
  for (let image = 0; image < count; image++) {
    const [upright, bar] = [next() < 0.5, Math.floor(next() * SIDE)];
    for (let pixel = 0; pixel < IMAGE_SIZE; pixel++) {
      const place = upright ? pixel % SIDE : Math.floor(pixel / SIDE);
      images[image * IMAGE_SIZE + pixel] = Math.floor((place === bar ? 200 : 0) + next() * 55);
    }
  }
  return images;
}

/** The images as rows of values from 0 to 1. */
export function asRows(images: Uint8Array): number[][] {
  return Array.from({ length: images.length / IMAGE_SIZE }, (_, row) =>
    Array.from(images.subarray(row * IMAGE_SIZE, (row + 1) * IMAGE_SIZE), (value) => value / 255),
  );
}

export function asIdx(images: Uint8Array): Buffer {
  return idxFile(0x08, [images.length / IMAGE_SIZE, SIDE, SIDE], images);
}

/** The same images in each format that can be uploaded. */
export const FILES = {
  csv: (images) =>
    Buffer.from(
      asRows(images)
        .map((row) => row.map((value) => value.toFixed(4)).join(','))
        .join('\n'),
    ),
  npy: (images) =>
    encodeNpy(
      [images.length / IMAGE_SIZE, SIDE, SIDE],
      Float32Array.from(images, (value) => value / 255),
    ),
  'idx.gz': (images) => gzipSync(asIdx(images)),
} satisfies Readonly<Record<string, (images: Uint8Array) => Buffer>>;

/** Numbers in [0, 1), the same for the same seed. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
