import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Noise, NoiseSize } from '../distributions/distribution.ts';
import { fillNormal, fillUniform, streamKey, type Stream } from '../random/streams.ts';
import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';

export interface NoiseSource {
  readonly seed: number;
  readonly stream: Stream;
  /** Numbers that the noise of each row is keyed by, beside seed and draw. Absent: the rows' positions. */
  readonly rows?: ArrayLike<number>;
}

/** Uniform numbers are keyed apart from normal ones by this much. */
const UNIFORM_OFFSET = 2 ** 31;

/** Noise of one draw for every row, keyed by (seed, draw, row): [rows, size] of the kinds that are drawn from. */
export function noiseOfDraw(size: NoiseSize, source: NoiseSource, draw: number, rows: number): FloatArrays {
  return {
    ...(size.normal > 0 ? { normal: rowNoise(fillNormal, source, draw, [rows, size.normal]) } : {}),
    ...(size.uniform > 0
      ? { uniform: rowNoise(fillUniform, source, UNIFORM_OFFSET + draw, [rows, size.uniform]) }
      : {}),
  };
}

/** Numbers of (seed, stream, index), those of row i at i * width on: a row's do not depend on the rows beside it. */
export function rowNoise(
  fill: typeof fillNormal,
  { seed, stream, rows }: NoiseSource,
  index: number,
  shape: readonly [rows: number, width: number],
): FloatArray {
  const [count, width] = shape;
  const data = new Float32Array(count * width);
  const key = streamKey(seed, stream, index);
  if (rows === undefined) fill(key, data);
  else {
    for (let i = 0; i < count; i++)
      fill(key, data.subarray(i * width, (i + 1) * width), (rows[i] ?? 0) * width);
  }
  return { shape, data };
}

/** Noise of several draws laid side by side: [rows, draws, size]. */
export function noiseOfDraws(
  size: NoiseSize,
  source: NoiseSource,
  draws: { readonly first: number; readonly count: number },
  rows: number,
): FloatArrays {
  const parts = Array.from({ length: draws.count }, (_, i) =>
    noiseOfDraw(size, source, draws.first + i, rows),
  );
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

export function noiseOf(normal: Tensor | undefined, uniform: Tensor | undefined): Noise {
  return { ...(normal ? { normal } : {}), ...(uniform ? { uniform } : {}) };
}

/** [rows, draws, size] as [draws, rows, size]. */
export function putDrawsFirst({ normal, uniform }: Noise): Noise {
  const swapped = (tensor: Tensor | undefined) => tensor && tf.transpose(tensor, [1, 0, 2]);
  return noiseOf(swapped(normal), swapped(uniform));
}

/** The same noise as that of L = 1 draws. */
export function toOneDraw({ normal, uniform }: Noise): Noise {
  return noiseOf(normal && tf.expandDims(normal, 0), uniform && tf.expandDims(uniform, 0));
}
