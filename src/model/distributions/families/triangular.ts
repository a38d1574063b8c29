import * as tf from '@tensorflow/tfjs';
import type { DistributionFamily } from '../distribution.ts';
import { whereAtLeast } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import type { HyperparametersOf } from '../../specification/latent.ts';

/** How far outside rounding may put a draw, in units of |m| + s. */
const ROUNDING = 2 ** -20;
const LOWEST = 2 ** -24;

type Located = 'location' | 'scale';

/**
 * Triangular on [m, m + s] with its peak at m + c s: log p = log(2 h / s), h = min(y / c, (1 - y) / (1 - c)) and
 * y = (z - m) / s; z = m + s sqrt(c u) for u < c, m + s (1 - sqrt((1 - c) (1 - u))) above (location-scale).
 */
export function triangular({
  peak,
}: HyperparametersOf<'triangular'>): DistributionFamily<Located, Located | 'peak'> {
  return elementwise({
    noise: { normal: 0, uniform: 1 },
    parameters: { location: 'real', scale: 'positive' },
    fixed: { peak },
    logProb({ location, scale }, z) {
      const y = tf.div(tf.sub(z, location), scale);
      const height = tf.minimum(tf.mul(y, 1 / peak), tf.mul(tf.sub(1, y), 1 / (1 - peak)));
      const density = tf.sub(tf.log(tf.mul(tf.maximum(height, LOWEST), 2)), tf.log(scale));
      const slack = tf.div(tf.mul(tf.add(tf.abs(location), scale), -ROUNDING), scale);
      return whereAtLeast(height, slack, density, -Infinity);
    },
    sample({ location, scale }, { uniform: [u] }) {
      const rising = tf.sqrt(tf.mul(u, peak));
      const falling = tf.sub(1, tf.sqrt(tf.mul(tf.sub(1, u), 1 - peak)));
      return tf.add(location, tf.mul(scale, tf.where(tf.less(u, peak), rising, falling)));
    },
    mean: ({ location, scale }) => tf.add(location, tf.mul(scale, (1 + peak) / 3)),
    standardDeviation: ({ scale }) => tf.mul(scale, Math.sqrt((1 - peak + peak * peak) / 18)),
  });
}
