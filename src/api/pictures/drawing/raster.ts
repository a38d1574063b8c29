import { encode } from 'fast-png';
import { AppError } from '../../../errors.ts';

/** Pixels row by row, each of 1 (grey) or 3 (red, green, blue) channels from 0 to 255. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8ClampedArray;
}

/** Encoding this many pixels takes about a second of the process. */
const MOST_VALUES = 2 ** 24;

/** Creates a picture with all channels of all pixels at `level`. Errors: too_large. */
export function createBlank(width: number, height: number, channels: 1 | 3, level: number): Raster {
  const size = width * height * channels;
  if (size > MOST_VALUES) {
    const what = `A picture of ${width} x ${height} pixels`;
    throw AppError.of('too_large', { what, limit: MOST_VALUES / channels, unit: 'pixels' });
  }
  return { width, height, channels, pixels: new Uint8ClampedArray(size).fill(level) };
}

/** Turns each pixel into a square of `zoom` by `zoom`. Errors: too_large. */
export function enlarge(raster: Raster, zoom: number): Raster {
  if (zoom === 1) return raster;
  const { channels, pixels } = raster;
  const large = createBlank(raster.width * zoom, raster.height * zoom, channels, 0);
  for (let y = 0; y < large.height; y++) {
    const row = Math.floor(y / zoom) * raster.width;
    for (let x = 0; x < large.width; x++) {
      const from = (row + Math.floor(x / zoom)) * channels;
      const to = (y * large.width + x) * channels;
      for (let c = 0; c < channels; c++) large.pixels[to + c] = pixels[from + c] ?? 0;
    }
  }
  return large;
}

export function toPng({ width, height, channels, pixels }: Raster): Buffer {
  return Buffer.from(encode({ width, height, data: pixels, channels, depth: 8 }));
}
