import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Transform } from '../../dataset/complete.ts';
import { LARGEST_COUNT } from '../../specification/likelihoods/domain.ts';
import type { RobustFields } from '../../specification/likelihoods/robust.ts';

/** The broad distributions of outliers: of half their mass nothing is known but that it lies more than s away. */

/** Lowest and highest values, one each for every column. */
export interface Ranges {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Where outliers of some columns come from; arrays have one number for each column. */
export interface OutlierSource {
  /** Shares of outliers, e. */
  readonly shares: readonly number[];
  /** log b(x) of the broad distribution, for any finite x [..., columns]: the same shape. */
  readonly logProb: (x: Tensor) => Tensor;
  /** Outside these values the model's own probability is taken as 0, so that its formula never overflows. */
  readonly modelled: Ranges;
  /** The encoder sees values outside of these as the nearest inside. */
  readonly shown: Ranges;
}

/** Standard deviations within which the encoder sees values as they are. */
const SHOWN_SPREADS = 10;
/** Standard deviations within which the model has a say: squares of larger ones may overflow float32. */
const MODELLED_SPREADS = 1e6;
/** Positive numbers whose logarithms float32 can hold. */
const [LEAST_POSITIVE, LARGEST] = [1e-37, 3e38];

interface NumberColumn extends RobustFields {
  readonly transform?: Transform;
}

/** For columns whose model is one of x. */
export function outliersOfNumbers(columns: readonly NumberColumn[]): OutlierSource {
  const standards = columns.map((column) => column.transform ?? centreOf(column));
  const ends = (spreads: number) => standards.map(({ shift, scale }) => shift + spreads * scale);
  return {
    ...twoSided(columns),
    modelled: { low: ends(-MODELLED_SPREADS), high: ends(MODELLED_SPREADS) },
    shown: { low: ends(-SHOWN_SPREADS), high: ends(SHOWN_SPREADS) },
  };
}

/** For columns whose model is one of log x, x > 0; a transform is that of log x. */
export function outliersOfPositive(columns: readonly NumberColumn[]): OutlierSource {
  const limit = (value: number) => Math.min(Math.max(value, LEAST_POSITIVE), LARGEST);
  const ends = (spreads: number) =>
    columns.map((column) => {
      if (column.transform) return limit(Math.exp(column.transform.shift + spreads * column.transform.scale));
      const { shift, scale } = centreOf(column);
      return limit(shift + spreads * scale);
    });
  return {
    ...twoSided(columns),
    modelled: { low: columns.map(() => LEAST_POSITIVE), high: columns.map(() => LARGEST) },
    shown: { low: ends(-SHOWN_SPREADS), high: ends(SHOWN_SPREADS) },
  };
}

/** For counts: b(x) = s / ((x + s) (x + s + 1)), whose sum from x on is s / (x + s). */
export function outliersOfCounts(columns: readonly RobustFields[]): OutlierSource {
  const scales = columns.map(({ outliers }) => requireNumber(outliers?.scale));
  const counts = { low: columns.map(() => 0), high: columns.map(() => LARGEST_COUNT) };
  return {
    shares: sharesOf(columns),
    logProb(x) {
      const shifted = tf.add(x, scales);
      return tf.sub(scales.map(Math.log), tf.add(tf.log(shifted), tf.log(tf.add(shifted, 1))));
    },
    modelled: counts,
    shown: counts,
  };
}

/** b(x) = s / (2 (s + |x - m|)^2), whose integral from m + d on is s / (2 (s + d)): tails like Cauchy's, without a square of x. */
function twoSided(columns: readonly RobustFields[]): Pick<OutlierSource, 'shares' | 'logProb'> {
  const centres = columns.map(centreOf);
  const shifts = centres.map(({ shift }) => shift);
  const scales = centres.map(({ scale }) => scale);
  const logHalves = scales.map((scale) => Math.log(scale / 2));
  return {
    shares: sharesOf(columns),
    logProb: (x) => tf.sub(logHalves, tf.mul(tf.log(tf.add(tf.abs(tf.sub(x, shifts)), scales)), 2)),
  };
}

const sharesOf = (columns: readonly RobustFields[]): number[] =>
  columns.map(({ outliers }) => requireNumber(outliers?.share));

const centreOf = ({ outliers }: RobustFields): Transform => ({
  shift: requireNumber(outliers?.location),
  scale: requireNumber(outliers?.scale),
});

/** Errors: RangeError for a number that the training rows have not given yet. */
export function requireNumber(value: number | undefined): number {
  if (value === undefined) throw new RangeError('a share, scale or location has not been computed');
  return value;
}
