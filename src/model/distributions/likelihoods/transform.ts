import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Between the units of the data and standardised ones: value = shift + scale * standardised. */
export interface Standardisation {
  readonly standardise: (x: Tensor) => Tensor;
  readonly restore: (y: Tensor) => Tensor;
  /** A density of standardised values as one of the data's: minus the sum of log scale. [...] */
  readonly toDensity: (logProb: Tensor) => Tensor;
  /** The same for terms [..., size]. */
  readonly toDensities: (logProbByColumn: Tensor) => Tensor;
  /** scale, or 1: a number for every element. */
  readonly rescale: (deviation: Tensor) => Tensor;
}

interface Numbers {
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

const same = (x: Tensor): Tensor => x;
const IDENTITY: Standardisation = {
  standardise: same,
  restore: same,
  toDensity: same,
  toDensities: same,
  rescale: same,
};

/** Without numbers nothing is done, and nothing added to a graph. */
export function createStandardisation(numbers: Numbers | undefined): Standardisation {
  if (!numbers) return IDENTITY;
  const { shift, scale } = numbers;
  const total = scale.reduce((sum, value) => sum + Math.log(value), 0);
  const rescale = (y: Tensor) => tf.mul(y, [...scale]);
  return {
    standardise: (x) =>
      tf.mul(
        tf.sub(x, [...shift]),
        scale.map((value) => 1 / value),
      ),
    restore: (y) => tf.add(rescale(y), [...shift]),
    toDensity: (logProb) => tf.sub(logProb, total),
    toDensities: (terms) => tf.sub(terms, scale.map(Math.log)),
    rescale,
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

interface StandardisedColumn {
  readonly transform?: { readonly shift: number; readonly scale: number };
}

/** The transform of a row of these columns; none if none of them has one. */
export function joinTransforms(columns: readonly StandardisedColumn[]) {
  if (columns.every(({ transform }) => !transform)) return {};
  const shift = columns.map(({ transform }) => transform?.shift ?? 0);
  const scale = columns.map(({ transform }) => transform?.scale ?? 1);
  return { transform: { shift, scale } };
}

interface RealColumn extends StandardisedColumn {
  readonly minimum_standard_deviation: number;
}

/** The fields of a row of these columns, which share their minimum standard deviation. */
export function realColumns(columns: readonly RealColumn[]) {
  const minimum_standard_deviation = columns[0]?.minimum_standard_deviation ?? 0;
  return { minimum_standard_deviation, ...joinTransforms(columns) };
}
