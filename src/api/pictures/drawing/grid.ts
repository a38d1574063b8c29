import { createBlank, type Raster } from './raster.ts';

/** How the values of a row map to the pixels of an image. */
export interface ImageFormat {
  readonly height: number;
  readonly width: number;
  /** 1: grey; 3: interleaved red, green, blue. */
  readonly channels: 1 | 3;
  /** Values shown black and white; values beyond them are clamped. */
  readonly black: number;
  readonly white: number;
}

/** Rows that are images have the shape [height, width], [height, width, 1] or [height, width, 3]; null for others. */
export function findImageShape(
  rowShape: readonly number[],
): Pick<ImageFormat, 'height' | 'width' | 'channels'> | null {
  const [height, width, channels = 1, more] = rowShape;
  if (height === undefined || width === undefined || more !== undefined) return null;
  return channels === 1 || channels === 3 ? { height, width, channels } : null;
}

/** Images one after another, all of one format. */
export interface Images {
  readonly values: Float32Array;
  readonly format: ImageFormat;
}

/** Pixels between neighbours: in a grid, and between pairs of rows. */
const [GAP, PAIR_GAP] = [1, 5];
/** Between the black and the white of images, so that their edges show. */
const BETWEEN_PAIRS = 110;
/** Minimum number of pairs side by side. */
const PAIR_COLUMNS = 10;

/** Draws images row by row in `columns` columns (default: a nearly square grid), one black pixel between neighbours. */
export function drawImageGrid(images: Images, columns = Math.ceil(Math.sqrt(countImages(images)))): Raster {
  const { height, width, channels } = images.format;
  const count = countImages(images);
  const rows = Math.ceil(count / columns);
  const grid = createBlank(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP, channels, 0);
  for (let i = 0; i < count; i++) {
    place(grid, images, i, (i % columns) * (width + GAP), Math.floor(i / columns) * (height + GAP));
  }
  return grid;
}

/** Draws each input above its reconstruction, in pairs of rows separated by grey bands. */
export function drawRowPairs(inputs: Images, made: Images): Raster {
  const { height, width, channels } = inputs.format;
  const count = countImages(inputs);
  const columns = Math.min(count, Math.max(PAIR_COLUMNS, Math.ceil(Math.sqrt(2 * count))));
  const pairHeight = 2 * height + GAP;
  const picture = createBlank(
    columns * (width + GAP) - GAP + 2 * PAIR_GAP,
    Math.ceil(count / columns) * (pairHeight + PAIR_GAP) + PAIR_GAP,
    channels,
    BETWEEN_PAIRS,
  );
  for (let i = 0; i < count; i++) {
    const left = PAIR_GAP + (i % columns) * (width + GAP);
    const top = PAIR_GAP + Math.floor(i / columns) * (pairHeight + PAIR_GAP);
    place(picture, inputs, i, left, top);
    place(picture, made, i, left, top + height + GAP);
  }
  return picture;
}

function countImages({ values, format }: Images): number {
  return values.length / (format.height * format.width * format.channels);
}

function place(target: Raster, { values, format }: Images, index: number, left: number, top: number): void {
  const { height, width, channels, black, white } = format;
  const line = width * channels;
  const levels = 255 / (white - black);
  for (let y = 0; y < height; y++) {
    const from = (index * height + y) * line;
    const to = ((top + y) * target.width + left) * channels;
    for (let i = 0; i < line; i++) {
      target.pixels[to + i] = ((values[from + i] ?? black) - black) * levels;
    }
  }
}
