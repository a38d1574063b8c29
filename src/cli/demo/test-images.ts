import type { Config } from '../../config.ts';
import { openStore } from '../../store/store.ts';

/** Rows of pixels in [0, 1]. */
export type PixelRows = readonly (readonly number[])[];

/** Reads the first `count` test images of MNIST. */
export async function readTestImages(config: Config, count: number): Promise<PixelRows> {
  const reader = await openStore(config).datasets.openRows('mnist');
  try {
    const { rows, test_rows: testRows, data_size: size, scale } = reader.record;
    const stored = new Uint8Array(count * size);
    await reader.readRows(
      Array.from({ length: count }, (_, i) => rows - testRows + i),
      stored,
    );
    return Array.from({ length: count }, (_, i) =>
      Array.from(stored.subarray(i * size, (i + 1) * size), (value) => value * scale),
    );
  } finally {
    await reader.close();
  }
}

/** Rotates each image by 180 degrees. */
export const turnUpsideDown = (images: PixelRows): PixelRows => images.map((image) => image.toReversed());

/** Has no common factor with 784, so that each pixel goes to a different place. */
const STRIDE = 305;

/** Reorders the pixels of all images in the same way: the brightness stays, the digits do not. */
export const shufflePixels = (images: PixelRows): PixelRows =>
  images.map((image) => image.map((_, i) => image[(i * STRIDE) % image.length] ?? 0));
