/** Seeded numbers that owe nothing to src/model/random: Mulberry32, and Box-Muller on it. */
export interface Numbers {
  uniform(low?: number, high?: number): number;
  normal(): number;
}

export function numbers(seed: number): Numbers {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

export function uniforms(seed: number, count: number, low = -1, high = 1): Float32Array {
  const source = numbers(seed);
  return Float32Array.from({ length: count }, () => source.uniform(low, high));
}

export function normals(seed: number, count: number): Float32Array {
  const source = numbers(seed);
  return Float32Array.from({ length: count }, () => source.normal());
}

export function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} of ${values.length}`);
  return value;
}

export function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and its Monte Carlo standard error. */
export function estimateOf(values: ArrayLike<number>): { mean: number; standardError: number } {
  const mean = meanOf(values);
  const squares = Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** |a - b| / |b| in the Euclidean norm; 0 where both vanish. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} elements`);
  const difference = Math.hypot(...Array.from(a, (value, i) => value - at(b, i)));
  return difference === 0 ? 0 : difference / Math.hypot(...Array.from(b));
}
