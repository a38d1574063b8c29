import { encode } from 'fast-png';

const GAP = 1;

/** Images [count, height, width] with values in [0, 1] (clamped) as one grey PNG: a near-square grid, one black pixel between. */
export function imageGrid(values: Float32Array, height: number, width: number): Uint8Array {
  const count = values.length / (height * width);
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const gridWidth = columns * (width + GAP) - GAP;
  const gridHeight = rows * (height + GAP) - GAP;
  const pixels = new Uint8ClampedArray(gridWidth * gridHeight);
  for (let image = 0; image < count; image++) {
    const left = (image % columns) * (width + GAP);
    const top = Math.floor(image / columns) * (height + GAP);
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * width;
      const to = (top + y) * gridWidth + left;
      for (let x = 0; x < width; x++) pixels[to + x] = (values[from + x] ?? 0) * 255;
    }
  }
  return encode({ width: gridWidth, height: gridHeight, data: pixels, channels: 1, depth: 8 });
}
