import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Noise, NoiseSize } from '../distributions/distribution.ts';
import { fillNormal, fillUniform, streamKey, type Stream } from '../random/streams.ts';
import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';

export interface NoiseSource {
  readonly seed: number;
  readonly stream: Stream;
}

/** Uniform numbers are keyed apart from normal ones by this much. */
const UNIFORM_OFFSET = 2 ** 31;

/** Noise of one draw for every row, keyed by (seed, draw): [rows, size] of the kinds that are drawn from. */
export function noiseOfDraw(size: NoiseSize, source: NoiseSource, draw: number, rows: number): FloatArrays {
  const filled = (count: number, fill: typeof fillNormal, index: number): FloatArray => {
    const data = new Float32Array(rows * count);
    fill(streamKey(source.seed, source.stream, index), data);
    return { shape: [rows, count], data };
  };
  return {
    ...(size.normal > 0 ? { normal: filled(size.normal, fillNormal, draw) } : {}),
    ...(size.uniform > 0 ? { uniform: filled(size.uniform, fillUniform, UNIFORM_OFFSET + draw) } : {}),
  };
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
export function drawsFirst({ normal, uniform }: Noise): Noise {
  const swapped = (tensor: Tensor | undefined) => tensor && tf.transpose(tensor, [1, 0, 2]);
  return noiseOf(swapped(normal), swapped(uniform));
}

/** The same noise as that of L = 1 draws. */
export function asOneDraw({ normal, uniform }: Noise): Noise {
  return noiseOf(normal && tf.expandDims(normal, 0), uniform && tf.expandDims(uniform, 0));
}
