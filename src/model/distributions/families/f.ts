import * as tf from '@tensorflow/tfjs';
import { positiveFromLog, whereAbove } from '../constraints.ts';
import { elementwise } from '../elementwise.ts';
import { logGamma, TWO_GAMMAS } from '../gamma-transform.ts';
import { logBeta } from '../special-functions.ts';
import { logitBetaQuantile } from '../quantiles/incomplete.ts';
import type { QuantileOf } from '../quantiles/quantile.ts';

/**
 * F, with r = d1 / d2: log p = (d1/2) log r + (d1/2 - 1) log z - (d1 + d2)/2 log(1 + r z) - log B(d1/2, d2/2);
 * z = (Gamma(d1/2) / d1) / (Gamma(d2/2) / d2) (composition). d2 > 2, so that there is a mean.
 */
export const fRatio = elementwise({
  noise: TWO_GAMMAS,
  parameters: { d1: 'positive', d2: 'above_two' },
  logProb({ d1, d2 }, z) {
    const [half1, half2, ratio] = [tf.mul(d1, 0.5), tf.mul(d2, 0.5), tf.div(d1, d2)];
    const powers = tf.add(tf.mul(half1, tf.log(ratio)), tf.mul(tf.sub(half1, 1), tf.log(z)));
    const tail = tf.mul(tf.add(half1, half2), tf.log1p(tf.mul(ratio, z)));
    return tf.sub(tf.sub(powers, tail), logBeta(half1, half2));
  },
  sample({ d1, d2 }, { normal: [x1, x2], uniform: [u1, u2, u3, u4, ...others] }) {
    const logs = tf.sub(
      logGamma(tf.mul(d1, 0.5), x1, [u1, u2, u3, u4]),
      logGamma(tf.mul(d2, 0.5), x2, others),
    );
    return positiveFromLog(tf.add(logs, tf.sub(tf.log(d2), tf.log(d1))));
  },
  mean: ({ d2 }) => tf.div(d2, tf.sub(d2, 2)),
  standardDeviation({ d1, d2 }) {
    const above = tf.div(tf.mul(tf.sub(tf.add(d1, d2), 2), 2), tf.mul(d1, tf.sub(d2, 4)));
    const relative = tf.sqrt(tf.maximum(above, 0));
    return whereAbove(d2, 4, tf.mul(tf.div(d2, tf.sub(d2, 2)), relative), NaN);
  },
});

/** z = (d2 / d1) b / (1 - b) with b ~ Beta(d1 / 2, d2 / 2). */
export const fQuantile: QuantileOf<'f'> =
  ({ d1, d2 }) =>
  (p) =>
    (d2 / d1) * Math.exp(logitBetaQuantile(d1 / 2, d2 / 2, p));
