import type { Outputs } from '../../queue/operations.ts';
import type { ImageFormat, Images } from '../pictures/drawing/grid.ts';

/** Pixels as strange as this are white, in nats beyond the usual surprise of the pixel. The same in every picture. */
const HOTTEST = 5;
/** From usual to strange: black, violet, orange, white. */
const RAMP = [
  [0, 0, 0],
  [0.35, 0.05, 0.45],
  [0.95, 0.45, 0.1],
  [1, 1, 1],
] as const;

const inColour = ({ height, width }: ImageFormat): ImageFormat => ({
  height,
  width,
  channels: 3,
  black: 0,
  white: 1,
});

/** The same images with red, green and blue. */
export function toColour({ values, format }: Images): Images {
  if (format.channels === 3) return { values, format };
  const data = Float32Array.from({ length: 3 * values.length }, (_, i) => values[Math.floor(i / 3)] ?? NaN);
  return { values: data, format: { ...format, channels: 3 } };
}

/**
 * One image for each row: how much the surprise of each pixel (the sum over its channels) exceeds the pixel's median among
 * validation rows or, without these, the median of the row.
 */
export function colourHeat(output: Outputs['score'], format: ImageFormat): Images {
  const { surprise, excess, calibration_rows: calibrated } = output;
  if (!surprise || !excess) throw new RangeError('scores came without their columns');
  const [rows, size] = surprise.shape;
  const isCalibrated = (calibrated.data[0] ?? 0) > 0;
  const pixels = size / format.channels;
  const data = new Float32Array(rows * pixels * 3);
  for (let row = 0; row < rows; row++) {
    const own = (isCalibrated ? excess : surprise).data.subarray(row * size, (row + 1) * size);
    const usual = isCalibrated ? 0 : medianOf(own);
    for (let pixel = 0; pixel < pixels; pixel++) {
      let heat = 0;
      for (let c = 0; c < format.channels; c++) heat += (own[pixel * format.channels + c] ?? 0) - usual;
      data.set(pickColour(heat / HOTTEST), (row * pixels + pixel) * 3);
    }
  }
  return { values: data, format: inColour(format) };
}

function pickColour(heat: number): number[] {
  const at = Math.min(Math.max(heat, 0), 1) * (RAMP.length - 1);
  const below = Math.min(Math.floor(at), RAMP.length - 2);
  const [low, high] = [RAMP[below] ?? RAMP[0], RAMP[below + 1] ?? RAMP[0]];
  return [0, 1, 2].map((c) => {
    const [from, to] = [low[c] ?? 0, high[c] ?? 0];
    return from + (at - below) * (to - from);
  });
}

function medianOf(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
