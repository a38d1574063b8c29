import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { listTextPixels, measureText } from '../../src/api/pictures/drawing/font.ts';
import { drawImageGrid, drawRowPairs, type ImageFormat } from '../../src/api/pictures/drawing/grid.ts';
import { createBlank, enlarge, toPng, type Raster } from '../../src/api/pictures/drawing/raster.ts';
import { pickColour, PLOT, drawScatterPlot } from '../../src/api/pictures/drawing/scatter-plot.ts';

const GREY: ImageFormat = { height: 1, width: 2, channels: 1, black: 0, white: 1 };

const images = (format: ImageFormat, ...values: number[]) => ({ values: Float32Array.from(values), format });

/** The channels of a pixel. */
function pixel({ width, channels, pixels }: Raster, x: number, y: number): number[] {
  const at = (y * width + x) * channels;
  return [...pixels.subarray(at, at + channels)];
}

describe('a grid of images', () => {
  it('goes row by row with one black pixel between, values clamped to grey levels', () => {
    const { width, height, data, channels } = decode(
      toPng(drawImageGrid(images(GREY, 1, 1, 0.5, 0.5, 2, -1))),
    );
    expect([width, height, channels]).toEqual([5, 3, 1]);
    expect([...data]).toEqual([255, 255, 0, 128, 128, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0]);
  });

  it('has as many columns as asked for', () => {
    const { width, height, pixels } = drawImageGrid(images(GREY, 0.2, 0.2, 0.4, 0.4, 0.6, 0.6), 3);
    expect([width, height]).toEqual([8, 1]);
    expect([...pixels]).toEqual([51, 51, 0, 102, 102, 0, 153, 153]);
  });

  it('shows the smallest value black and the largest white', () => {
    const format = { ...GREY, black: -2, white: 3 };
    expect([...drawImageGrid(images(format, -2, 3, 0.5, -7), 2).pixels]).toEqual([0, 255, 0, 128, 0]);
  });

  it('shows three values side by side as one colour', () => {
    const format: ImageFormat = { ...GREY, channels: 3 };
    const grid = drawImageGrid(images(format, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0.2, 0.4, 0.6));
    const png = decode(toPng(grid));
    expect([png.width, png.height, png.channels]).toEqual([5, 1, 3]);
    expect([0, 1, 2, 3, 4].map((x) => pixel(grid, x, 0))).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 0],
      [0, 0, 255],
      [51, 102, 153],
    ]);
  });
});

describe('paired rows', () => {
  const format: ImageFormat = { ...GREY, height: 2, width: 3 };
  const plain = (...levels: number[]) =>
    images(format, ...levels.flatMap((level) => Array<number>(6).fill(level)));

  it('place what was made right under its input, bands between pairs of rows', () => {
    const inputs = Array.from({ length: 11 }, (_, i) => i / 10);
    const raster = drawRowPairs(plain(...inputs), plain(...inputs.toReversed()));
    // 10 columns of width 3 and a gap, a border of 5; two pairs of 2 rows of height 2 and a gap, bands of 5.
    expect([raster.width, raster.height]).toEqual([39 + 10, 2 * 5 + 3 * 5]);
    const at = (x: number, y: number) => pixel(raster, x, y)[0];
    expect([at(5, 5), at(5, 8), at(9, 5), at(9, 8), at(5, 15), at(5, 18)]).toEqual([0, 255, 26, 229, 255, 0]);
    const between = at(0, 0);
    expect([at(8, 5), at(5, 7), at(5, 10), at(9, 15)]).toEqual(Array(4).fill(between));
  });

  it('keep the rows and columns of an image', () => {
    const image = images(format, 0, 0.2, 0.4, 0.6, 0.8, 1);
    const raster = drawRowPairs(image, image);
    expect([5, 6].map((y) => [5, 6, 7].flatMap((x) => pixel(raster, x, y)))).toEqual([
      [0, 51, 102],
      [153, 204, 255],
    ]);
  });
});

describe('a raster', () => {
  it('is enlarged by repeating each pixel as a square', () => {
    const raster: Raster = { width: 2, height: 2, channels: 1, pixels: Uint8ClampedArray.of(1, 2, 3, 4) };
    const { width, height, pixels } = enlarge(raster, 2);
    expect([width, height]).toEqual([4, 4]);
    expect([...pixels]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });

  it('keeps the channels of a pixel together', () => {
    const raster: Raster = { width: 1, height: 1, channels: 3, pixels: Uint8ClampedArray.of(1, 2, 3) };
    expect([...enlarge(raster, 2).pixels]).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  it('is refused where it would be too large', () => {
    expect(() => createBlank(4097, 4096, 1, 0)).toThrow(
      'A picture of 4097 x 4096 pixels is larger than the limit',
    );
  });
});

describe('a scatter plot', () => {
  const axes = { xLabel: 'z[0]', yLabel: 'z[1]' };
  const corners = [
    [0, 0],
    [10, 0],
    [0, 10],
    [5, 5],
  ] as const;

  it('has each point where the axes say, in the colour of its label', () => {
    const raster = drawScatterPlot({ points: corners, labels: [0, 1, 3, 10], ...axes });
    const middle = (low: number, high: number): number => (low + high) / 2;
    const at = (x: number, y: number): number[] => pixel(raster, x, y);
    const near = (label: number) => pickColour(label).map((level) => level + (255 - level) * 0.25);
    const expectNear = (found: number[], label: number): void => {
      near(label).forEach((level, c) => {
        expect(Math.abs((found[c] ?? NaN) - level)).toBeLessThan(12);
      });
    };
    // Beside the axes, which are drawn below the points.
    expectNear(at(PLOT.left + 1, PLOT.bottom - 1), 0);
    expectNear(at(PLOT.right - 1, PLOT.bottom - 1), 1);
    expectNear(at(PLOT.left + 1, PLOT.top + 1), 3);
    expectNear(at(middle(PLOT.left, PLOT.right), middle(PLOT.top, PLOT.bottom)), 10);
    expect(at(PLOT.left + 40, PLOT.top + 40)).toEqual([255, 255, 255]);
    expect(pickColour(10)).toEqual(pickColour(0));
  });

  it('has a legend of the labels that there are, and none without labels', () => {
    const labelled = drawScatterPlot({ points: corners, labels: [7, 2, 7, 2], ...axes });
    const colours = new Set<string>();
    for (let y = 0; y < labelled.height; y++) {
      for (let x = PLOT.right + 20; x < labelled.width; x++) {
        colours.add(pixel(labelled, x, y).join());
      }
    }
    const shown = Array.from({ length: 10 }, (_, label) => label).filter((label) =>
      colours.has(pickColour(label).join()),
    );
    expect(shown).toEqual([2, 7]);
    const plain = drawScatterPlot({ points: corners, labels: null, ...axes });
    expect(plain.width).toBeLessThan(labelled.width);
  });

  it('has the names of the labels in its legend, shortened, and is as wide as they need', () => {
    const draw = (names: string[]) =>
      drawScatterPlot({
        points: corners,
        labels: [1, 0, -1, 1],
        legend: { title: 'species', names },
        ...axes,
      });
    const [short, long] = [draw(['a', 'b']), draw(['Ad\u00e9lie penguins', 'b'])];
    expect(long.width).toBeGreaterThan(short.width);
    expect(draw(['x'.repeat(300), 'b']).width).toBe(draw(['x'.repeat(20), 'b']).width);
    const looksLike = (names: string[]): boolean =>
      Buffer.compare(Buffer.from(draw(names).pixels), Buffer.from(long.pixels)) === 0;
    expect(looksLike(['Adelie penguins', 'b'])).toBe(true);
    expect(looksLike(['Adelie penguins', 'c'])).toBe(false);
  });

  it('draws a single point, and many at one place', () => {
    for (const points of [
      [[1, 2]],
      [
        [3, 3],
        [3, 3],
      ],
    ] as [number, number][][]) {
      expect(new Set(drawScatterPlot({ points, labels: null, ...axes }).pixels).size).toBeGreaterThan(3);
    }
  });
});

describe('the font', () => {
  it('has every sign of numbers and names, each in its own cell', () => {
    for (const sign of '0123456789.\u2212z[]label') {
      const pixels = listTextPixels(sign);
      expect(pixels.length, sign).toBeGreaterThan(3);
      expect(pixels.every(([x, y]) => x >= 0 && x < 5 && y >= 0 && y < 7)).toBe(true);
    }
    expect(measureText('10')).toBe(11);
    expect(Math.max(...listTextPixels('10').map(([x]) => x))).toBeLessThan(11);
  });
});
