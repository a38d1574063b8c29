import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Between the units of the data and standardised ones: value = shift + scale * standardised. */
export interface Standardisation {
  readonly standardised: (x: Tensor) => Tensor;
  readonly restored: (y: Tensor) => Tensor;
  /** A density of standardised values as one of the data's: minus the sum of log scale. [...] */
  readonly density: (logProb: Tensor) => Tensor;
  /** The same for terms [..., size]. */
  readonly densities: (logProbByColumn: Tensor) => Tensor;
  /** scale, or 1: a number for every element. */
  readonly scaled: (deviation: Tensor) => Tensor;
}

interface Numbers {
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

const same = (x: Tensor): Tensor => x;
const IDENTITY: Standardisation = {
  standardised: same,
  restored: same,
  density: same,
  densities: same,
  scaled: same,
};

/** Without numbers nothing is done, and nothing added to a graph. */
export function standardisation(numbers: Numbers | undefined): Standardisation {
  if (!numbers) return IDENTITY;
  const { shift, scale } = numbers;
  const total = scale.reduce((sum, value) => sum + Math.log(value), 0);
  const scaled = (y: Tensor) => tf.mul(y, [...scale]);
  return {
    standardised: (x) =>
      tf.mul(
        tf.sub(x, [...shift]),
        scale.map((value) => 1 / value),
      ),
    restored: (y) => tf.add(scaled(y), [...shift]),
    density: (logProb) => tf.sub(logProb, total),
    densities: (terms) => tf.sub(terms, scale.map(Math.log)),
    scaled,
  };
}

/** log(e^logVariance + minimum^2), smooth and without overflow: a variance that cannot vanish. */
export function withMinimum(logVariance: Tensor, minimum: number): Tensor {
  if (minimum === 0) return logVariance;
  const floor = 2 * Math.log(minimum);
  return tf.add(tf.softplus(tf.sub(logVariance, floor)), floor);
}

/** The log variance that {@link withMinimum} makes this variance, which is kept away from zero. */
export function logVarianceFor(variance: number, minimum: number): number {
  return Math.log(Math.max(variance - minimum ** 2, 1e-4));
}
