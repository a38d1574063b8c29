import type { Noise, NoiseSize } from '../../distributions/distribution.ts';
import { fillNormal, fillUniform, deriveKey, type Stream } from '../../random/streams.ts';
import type { Tensors } from '../../runtime/runtime.ts';

/** An array of noise, drawn for every step. */
export interface NoiseSpec {
  readonly kind: 'normal' | 'uniform';
  readonly shape: readonly number[];
  readonly stream: Stream;
}
export type NoiseSpecs = Readonly<Record<string, NoiseSpec>>;

/** Arrays `<name>_normal` and `<name>_uniform`, [...leading, size], of the kinds that are drawn from. */
export function noiseSpecs(
  name: string,
  size: NoiseSize,
  leading: readonly number[],
  streams: Readonly<Record<'normal' | 'uniform', Stream>>,
): NoiseSpecs {
  const kinds = (['normal', 'uniform'] as const).filter((kind) => size[kind] > 0);
  const entries = kinds.map((kind) => {
    return [`${name}_${kind}`, { kind, shape: [...leading, size[kind]], stream: streams[kind] }] as const;
  });
  return Object.fromEntries(entries);
}

/** The arrays that {@link noiseSpecs} named. */
export function noiseNamed(tensors: Tensors, name: string): Noise {
  const [normal, uniform] = [tensors[`${name}_normal`], tensors[`${name}_uniform`]];
  return { ...(normal ? { normal } : {}), ...(uniform ? { uniform } : {}) };
}

/** Step `index`'s numbers of one array. */
export function fillNoise({ kind, stream }: NoiseSpec, seed: number, index: number, out: Float32Array): void {
  const fill = kind === 'normal' ? fillNormal : fillUniform;
  fill(deriveKey(seed, stream, index), out);
}
