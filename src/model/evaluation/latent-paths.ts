import type { FloatArray } from '../runtime/runtime.ts';
import type { Quantile } from '../distributions/quantiles/quantile.ts';

/** Points of the latent space to decode for pictures of it. */

/** Traversals go from this quantile of the prior to 1 minus it. */
const FIRST_QUANTILE = 0.01;

/**
 * Appendix A, figure 4: maps a grid on the unit square through the prior's inverse distribution function, [side^2, 2].
 * The order is that of a picture's rows: z_0 rises to the right, z_1 upwards. The points are the centers of side^2 cells,
 * each of which holds the same share of the prior.
 */
export function createManifoldGrid(quantile: Quantile, side: number): FloatArray {
  const levels = Array.from({ length: side }, (_, i) => quantile((i + 0.5) / side));
  const points = levels.toReversed().flatMap((z1) => levels.flatMap((z0) => [z0, z1]));
  return { shape: [side * side, 2], data: Float32Array.from(points) };
}

/** For each dimension, copies of `base` with that dimension at evenly spaced quantiles, [dimensions * steps, size]. */
export function createTraversals(
  quantile: Quantile,
  base: Float32Array,
  dimensions: readonly number[],
  steps: number,
): FloatArray {
  const levels = spaceFractions(steps).map((share) =>
    quantile(FIRST_QUANTILE + share * (1 - 2 * FIRST_QUANTILE)),
  );
  const data = new Float32Array(dimensions.length * steps * base.length);
  dimensions.forEach((dimension, i) => {
    if (!(dimension in base)) throw new RangeError(`dimension ${dimension} of ${base.length}`);
    levels.forEach((level, step) => {
      const start = (i * steps + step) * base.length;
      data.set(base, start);
      data[start + dimension] = level;
    });
  });
  return { shape: [dimensions.length * steps, base.length], data };
}

/** The prior's median in every dimension. */
export function fillMedians(quantile: Quantile, size: number): Float32Array {
  return new Float32Array(size).fill(quantile(0.5));
}

/** Evenly spaced points on the line between two points, both included: [steps, size]. */
export function createLine(from: Float32Array, to: Float32Array, steps: number): FloatArray {
  const points = spaceFractions(steps).map((share) =>
    from.map((start, i) => start * (1 - share) + (to[i] ?? NaN) * share),
  );
  return { shape: [steps, from.length], data: Float32Array.from(points.flatMap((point) => [...point])) };
}

/** 0 to 1; at least 2 steps. */
function spaceFractions(steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => i / (steps - 1));
}
