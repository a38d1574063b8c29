import { GLYPH, listTextPixels, measureText } from './font.ts';
import type { Raster } from './raster.ts';

/** Red, green, blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Pixels of the picture per pixel of the font. */
const TEXT_SCALE = 2;
export const TEXT_HEIGHT = GLYPH.height * TEXT_SCALE;

/** Mixes the colour into a pixel; ignores pixels outside the picture. */
function blend(raster: Raster, x: number, y: number, colour: Colour, share: number): void {
  if (x < 0 || y < 0 || x >= raster.width || y >= raster.height) return;
  const at = (y * raster.width + x) * 3;
  colour.forEach((level, c) => {
    const under = raster.pixels[at + c] ?? 0;
    raster.pixels[at + c] = under + (level - under) * share;
  });
}

export function fillRectangle(
  raster: Raster,
  [left, top, width, height]: readonly [number, number, number, number],
  colour: Colour,
): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) blend(raster, x, y, colour, 1);
  }
}

/** Smooth edges let the center be between pixels. */
export function fillDisc(
  raster: Raster,
  [x, y]: readonly [number, number],
  radius: number,
  colour: Colour,
  opacity: number,
): void {
  const reach = radius + 0.5;
  for (let row = Math.floor(y - reach); row <= y + reach; row++) {
    for (let column = Math.floor(x - reach); column <= x + reach; column++) {
      const covered = reach - Math.hypot(column - x, row - y);
      if (covered > 0) blend(raster, column, row, colour, Math.min(1, covered) * opacity);
    }
  }
}

/** Of a text, in pixels of the picture. */
export const measureWidth = (text: string): number => measureText(text) * TEXT_SCALE;

/** Writes text with its left end, middle or right end at x and its top at y. */
export function write(
  raster: Raster,
  text: string,
  [x, y]: readonly [number, number],
  align: 'left' | 'middle' | 'right',
  colour: Colour,
): void {
  const width = measureWidth(text);
  const left = Math.round(x - { left: 0, middle: width / 2, right: width }[align]);
  for (const [dx, dy] of listTextPixels(text)) {
    fillTextPixel(raster, left + dx * TEXT_SCALE, Math.round(y) + dy * TEXT_SCALE, colour);
  }
}

/** Writes text that reads upwards, with its top at x and its middle at y. */
export function writeUpwards(
  raster: Raster,
  text: string,
  [x, y]: readonly [number, number],
  colour: Colour,
): void {
  const bottom = Math.round(y + (measureText(text) * TEXT_SCALE) / 2);
  for (const [dx, dy] of listTextPixels(text)) {
    fillTextPixel(raster, x + dy * TEXT_SCALE, bottom - (dx + 1) * TEXT_SCALE, colour);
  }
}

function fillTextPixel(raster: Raster, left: number, top: number, colour: Colour): void {
  fillRectangle(raster, [left, top, TEXT_SCALE, TEXT_SCALE], colour);
}
