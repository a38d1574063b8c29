import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import type { ColumnOf } from '../../specification/likelihood.ts';
import { logBeta } from '../special-functions.ts';
import { needed, type ColumnMathematics, type LikelihoodFamily } from './likelihood.ts';
import { outliersOfNumbers } from './outlier-sources.ts';
import { createStandardisation, joinTransforms, logVarianceFor, withMinimum } from './transform.ts';

interface Spec {
  readonly degrees_of_freedom: number;
  readonly minimum_scale: number;
  readonly transform?: { readonly shift: readonly number[]; readonly scale: readonly number[] };
}

/**
 * Student's t with location m and squared scale s^2 = e^w + minimum_scale^2, m and w from the decoder, v degrees of freedom:
 * log p = -(v + 1)/2 log(1 + (x - m)^2 / (v s^2)) - log B(1/2, v/2) - log(v s^2) / 2. With a transform (shift b, scale a) of
 * y = (x - b) / a, less log a.
 */
export const studentT = (spec: Spec): LikelihoodFamily => {
  const { degrees_of_freedom: v, minimum_scale: minimum, transform } = spec;
  const { standardise, restore, toDensities } = createStandardisation(transform);
  return {
    encoderInput: standardise,
    marginal: (statistics) => ({ output: marginalOutput(spec, statistics), extra: {} }),
    noise: (dataSize) => ({ normal: 0, uniform: 2 * dataSize }),
    fromOutput(output) {
      const [location = output, spread = output] = tf.split(output, 2, -1);
      const logSquaredScale = withMinimum(spread, minimum);
      const terms = (x: Tensor) => toDensities(logProb(v, location, logSquaredScale, standardise(x)));
      const mean = () => restore(location);
      return {
        logProb: (x) => tf.sum(terms(x), -1),
        logProbByColumn: terms,
        mean,
        mode: mean,
        sample(noise) {
          const scale = tf.exp(tf.mul(logSquaredScale, 0.5));
          return restore(tf.add(location, tf.mul(scale, drawStandard(v, needed(noise, 'uniform')))));
        },
      };
    },
  };
};

function logProb(v: number, location: Tensor, logSquaredScale: Tensor, y: Tensor): Tensor {
  const squares = tf.mul(tf.square(tf.sub(y, location)), tf.exp(tf.neg(logSquaredScale)));
  const power = tf.mul(tf.log1p(tf.mul(squares, 1 / v)), (v + 1) / 2);
  const normalizer = tf.add(logBeta(tf.scalar(0.5), tf.scalar(v / 2)), Math.log(v) / 2);
  return tf.neg(tf.add(tf.add(power, normalizer), tf.mul(logSquaredScale, 0.5)));
}

/** Bailey's polar method (1994), from two uniform numbers for each element. */
function drawStandard(v: number, noise: Tensor): Tensor {
  const [u = noise, turn = noise] = tf.split(noise, 2, -1);
  const radius = tf.sqrt(tf.mul(tf.expm1(tf.mul(tf.log(u), -2 / v)), v));
  return tf.mul(radius, tf.cos(tf.mul(turn, 2 * Math.PI)));
}

/** Parameters with the same mean and, if there is one, the same variance s^2 v / (v - 2). */
function marginalOutput(spec: Spec, { mean, variance }: ElementStatistics): Float32Array {
  const { degrees_of_freedom: v, minimum_scale: minimum, transform } = spec;
  const scale = (i: number) => transform?.scale[i] ?? 1;
  const share = v > 2 ? (v - 2) / v : 1;
  const locations = mean.map((value, i) => (value - (transform?.shift[i] ?? 0)) / scale(i));
  const spreads = variance.map((value, i) => logVarianceFor((share * value) / scale(i) ** 2, minimum));
  return Float32Array.from([...locations, ...spreads]);
}

/** Columns that differ only in their transform are handled together. */
export const studentTColumn: ColumnMathematics<ColumnOf<'student_t'>> = {
  family: (columns) => {
    const [first] = columns;
    if (!first) throw new RangeError('a part has at least one column');
    const { degrees_of_freedom, minimum_scale } = first;
    return studentT({ degrees_of_freedom, minimum_scale, ...joinTransforms(columns) });
  },
  setting: (column) => `${column.degrees_of_freedom} ${column.minimum_scale}`,
  outliers: outliersOfNumbers,
  filler: ({ transform }) => transform?.shift ?? 0,
};
