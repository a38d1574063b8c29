import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Noise, NoiseSize } from '../distributions/distribution.ts';
import { fillNormal, fillUniform, deriveKey, type Stream } from '../random/streams.ts';
import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';

export interface NoiseSource {
  readonly seed: number;
  readonly stream: Stream;
  /** One number for each row that, with seed and draw, determines its noise. Default: the rows' positions. */
  readonly rows?: ArrayLike<number>;
}

/** Offset between the indexes of uniform and normal numbers. */
const UNIFORM_OFFSET = 2 ** 31;

/** Noise of one draw for every row, [rows, size] of each kind needed. (seed, draw, row) determine it. */
export function drawNoise(size: NoiseSize, source: NoiseSource, draw: number, rows: number): FloatArrays {
  return {
    ...(size.normal > 0 ? { normal: drawRowNoise(fillNormal, source, draw, [rows, size.normal]) } : {}),
    ...(size.uniform > 0
      ? { uniform: drawRowNoise(fillUniform, source, UNIFORM_OFFSET + draw, [rows, size.uniform]) }
      : {}),
  };
}

/** Row i gets numbers of (seed, stream, index) from position i * width on, whatever the other rows are. */
export function drawRowNoise(
  fill: typeof fillNormal,
  { seed, stream, rows }: NoiseSource,
  index: number,
  shape: readonly [rows: number, width: number],
): FloatArray {
  const [count, width] = shape;
  const data = new Float32Array(count * width);
  const key = deriveKey(seed, stream, index);
  if (rows === undefined) fill(key, data);
  else {
    for (let i = 0; i < count; i++)
      fill(key, data.subarray(i * width, (i + 1) * width), (rows[i] ?? 0) * width);
  }
  return { shape, data };
}

/** Noise of several draws, [rows, draws, size]. */
export function drawNoiseOfDraws(
  size: NoiseSize,
  source: NoiseSource,
  draws: { readonly first: number; readonly count: number },
  rows: number,
): FloatArrays {
  const parts = Array.from({ length: draws.count }, (_, i) => drawNoise(size, source, draws.first + i, rows));
  const names = Object.keys(parts[0] ?? {});
  const entries = names.map((name) => {
    const width = parts[0]?.[name]?.shape[1] ?? 0;
    const data = new Float32Array(rows * draws.count * width);
    parts.forEach((part, draw) => {
      const own = part[name]?.data ?? new Float32Array();
      for (let row = 0; row < rows; row++)
        data.set(own.subarray(row * width, (row + 1) * width), (row * draws.count + draw) * width);
    });
    return [name, { shape: [rows, draws.count, width], data }] as const;
  });
  return Object.fromEntries(entries);
}

export function toNoise(normal: Tensor | undefined, uniform: Tensor | undefined): Noise {
  return { ...(normal ? { normal } : {}), ...(uniform ? { uniform } : {}) };
}

/** [rows, draws, size] -> [draws, rows, size]. */
export function putDrawsFirst({ normal, uniform }: Noise): Noise {
  const swapped = (tensor: Tensor | undefined) => tensor && tf.transpose(tensor, [1, 0, 2]);
  return toNoise(swapped(normal), swapped(uniform));
}

/** Adds a leading axis for L = 1 draws. */
export function toOneDraw({ normal, uniform }: Noise): Noise {
  return toNoise(normal && tf.expandDims(normal, 0), uniform && tf.expandDims(uniform, 0));
}
