import { temporaryFolder } from '../support/temporary-folder.ts';
import { IMAGE_SIZE, tinyImages } from '../support/tiny-images.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

export const [ROWS, TEST_ROWS] = [300, 60];
export const TEST = Array.from({ length: TEST_ROWS }, (_, i) => ROWS - TEST_ROWS + i);

export type Poison = (value: number, index: number) => number;
export const INVERTED: Poison = (value) => 255 - value;

/** The tiny images, some of them poisoned. */
export function poisonRows(rows: Iterable<number>, poison: Poison): Uint8Array {
  const images = tinyImages(ROWS);
  for (const row of rows) {
    const image = images.subarray(row * IMAGE_SIZE, (row + 1) * IMAGE_SIZE);
    image.forEach((value, i) => {
      image[i] = poison(value, i);
    });
  }
  return images;
}

export const openShop = async (): Promise<Workshop> => openWorkshop(await temporaryFolder());
