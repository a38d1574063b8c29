import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Transform } from '../../dataset/complete.ts';
import { LARGEST_COUNT } from '../../specification/likelihoods/domain.ts';
import type { RobustFields } from '../../specification/likelihoods/robust.ts';

/** The broad distributions of outliers: Cauchy for numbers, and one with the same tail for counts. */

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
const LARGEST_STANDARDISED = 1e30;

interface NumberColumn extends RobustFields {
  readonly transform?: Transform;
}

/** For columns whose model is one of x. */
export function cauchyOfNumbers(columns: readonly NumberColumn[]): OutlierSource {
  const standards = columns.map((column) => column.transform ?? centreOf(column));
  const ends = (spreads: number) => standards.map(({ shift, scale }) => shift + spreads * scale);
  return {
    ...cauchy(columns),
    modelled: { low: ends(-MODELLED_SPREADS), high: ends(MODELLED_SPREADS) },
    shown: { low: ends(-SHOWN_SPREADS), high: ends(SHOWN_SPREADS) },
  };
}

/** For columns whose model is one of log x, x > 0; a transform is that of log x. */
export function cauchyOfPositive(columns: readonly NumberColumn[]): OutlierSource {
  const limit = (value: number) => Math.min(Math.max(value, LEAST_POSITIVE), LARGEST);
  const ends = (spreads: number) =>
    columns.map((column) => {
      if (column.transform) return limit(Math.exp(column.transform.shift + spreads * column.transform.scale));
      const { shift, scale } = centreOf(column);
      return limit(shift + spreads * scale);
    });
  return {
    ...cauchy(columns),
    modelled: { low: columns.map(() => LEAST_POSITIVE), high: columns.map(() => LARGEST) },
    shown: { low: ends(-SHOWN_SPREADS), high: ends(SHOWN_SPREADS) },
  };
}

/** For counts: b(x) = s / ((x + s) (x + s + 1)), whose sum from x on is s / (x + s). */
export function heavyTailedCounts(columns: readonly RobustFields[]): OutlierSource {
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

/** log b(x) = -log(pi s) - log(1 + y^2), y = (x - m) / s. */
function cauchy(columns: readonly RobustFields[]): Pick<OutlierSource, 'shares' | 'logProb'> {
  const centres = columns.map(centreOf);
  const normalizers = centres.map(({ scale }) => -Math.log(Math.PI * scale));
  return {
    shares: sharesOf(columns),
    logProb(x) {
      const differences = tf.sub(
        x,
        centres.map(({ shift }) => shift),
      );
      const y = tf.mul(
        differences,
        centres.map(({ scale }) => 1 / scale),
      );
      return tf.sub(normalizers, log1pSquare(y));
    },
  };
}

/** log(1 + y^2) = 2 log m + log(1 / m^2 + (y / m)^2), m = max(|y|, 1): y^2 never overflows. */
function log1pSquare(given: Tensor): Tensor {
  const y = tf.clipByValue(given, -LARGEST_STANDARDISED, LARGEST_STANDARDISED);
  const larger = tf.maximum(tf.abs(y), 1);
  const squares = tf.add(tf.square(tf.reciprocal(larger)), tf.square(tf.div(y, larger)));
  return tf.add(tf.mul(tf.log(larger), 2), tf.log(squares));
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
