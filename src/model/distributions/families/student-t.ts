import * as tf from '@tensorflow/tfjs';
import type { DistributionFamily } from '../distribution.ts';
import { whereAbove } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import type { HyperparametersOf } from '../../specification/latent.ts';
import { logBeta } from '../special-functions.ts';
import { logitBetaQuantile } from '../quantiles/incomplete.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

type Located = 'location' | 'scale';

/**
 * Student's t: log p = -(v + 1)/2 log(1 + y^2 / v) - log B(1/2, v/2) - log(s sqrt(v)), y = (z - m) / s;
 * z = m + s t with t = sqrt(v (u^(-2/v) - 1)) cos(2 pi u'), Bailey's polar method (1994), which rejects nothing.
 * Center: the location.
 */
export function studentT({
  degrees_of_freedom,
}: HyperparametersOf<'student_t'>): DistributionFamily<Located, Located | 'degrees_of_freedom'> {
  return elementwise({
    noise: { normal: 0, uniform: 2 },
    parameters: { location: 'real', scale: 'positive' },
    fixed: { degrees_of_freedom },
    logProb({ location, scale, degrees_of_freedom: v }, z) {
      const y = tf.div(tf.sub(z, location), scale);
      const power = tf.mul(tf.log1p(tf.div(tf.square(y), v)), tf.mul(tf.add(v, 1), 0.5));
      const normalizer = tf.add(logBeta(tf.scalar(0.5), tf.mul(v, 0.5)), tf.mul(tf.log(v), 0.5));
      return tf.neg(tf.add(tf.add(power, normalizer), tf.log(scale)));
    },
    sample({ location, scale, degrees_of_freedom: v }, { uniform: [u, turn] }) {
      const squares = tf.mul(tf.expm1(tf.mul(tf.log(u), tf.div(-2, v))), v);
      const standard = tf.mul(tf.sqrt(squares), tf.cos(tf.mul(turn, 2 * Math.PI)));
      return tf.add(location, tf.mul(scale, standard));
    },
    mean: ({ location, degrees_of_freedom: v }) => whereAbove(v, 1, location, NaN),
    standardDeviation: ({ scale, degrees_of_freedom: v }) =>
      whereAbove(v, 2, tf.mul(scale, tf.sqrt(tf.div(v, tf.sub(v, 2)))), NaN),
    center: ({ location }) => location,
  });
}

export const studentTQuantile: QuantileOf<'student_t'> =
  ({ degrees_of_freedom, location, scale }) =>
  (p) =>
    location + scale * standardT(degrees_of_freedom, p);

/** t^2 / v is the odds b / (1 - b) of b ~ Beta(1/2, v/2). */
function standardT(v: number, p: number): number {
  const middle = Math.abs(2 * p - 1);
  if (middle === 0) return 0;
  return Math.sign(p - 0.5) * Math.sqrt(v) * Math.exp(logitBetaQuantile(0.5, v / 2, middle) / 2);
}
