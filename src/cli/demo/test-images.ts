import type { Config } from '../../config.ts';
import { openStore } from '../../store/store.ts';

/** Rows of pixels in [0, 1]. */
export type PixelRows = readonly (readonly number[])[];

/** The first `count` test images of MNIST. */
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

/** Each image turned by half a turn. */
export const upsideDown = (images: PixelRows): PixelRows => images.map((image) => image.toReversed());

/** Any number without a factor in common with the 784 pixels takes each pixel to a place of its own. */
const STRIDE = 305;

/** The pixels of each image in another order, the same for all: as bright as before, but no digits. */
export const shuffled = (images: PixelRows): PixelRows =>
  images.map((image) => image.map((_, i) => image[(i * STRIDE) % image.length] ?? 0));
