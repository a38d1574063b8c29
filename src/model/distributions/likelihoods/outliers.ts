import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { LikelihoodFamily } from './likelihood.ts';
import type { OutlierSource, Ranges } from './outlier-sources.ts';

/** In place of log 0: sums with any other number here, and its gradient is 0. */
const LOG_OF_NOTHING = -1e30;

/**
 * Columns of any family with a share e of outliers: p(x|z) = (1 - e) p_model(x|z) + e b(x), where b knows nothing of z.
 * log p = log(e b) + softplus(log((1 - e) p_model) - log(e b)), which is exact however unlike the two terms are. Means, modes and
 * draws are the model's: those of values that are no outliers.
 */
export function withOutliers(family: LikelihoodFamily, source: OutlierSource): LikelihoodFamily {
  const { shares, modelled, shown } = source;
  const logShares = shares.map((share) => Math.log(share));
  const logRests = shares.map((share) => Math.log1p(-share));
  return {
    ...family,
    encoderInput: (x) => family.encoderInput(limit(x, shown)),
    fromOutput(output, extra) {
      const model = family.fromOutput(output, extra);
      const terms = (x: Tensor) => {
        const inside = limit(x, modelled);
        const rest = tf.where(tf.equal(inside, x), logRests, LOG_OF_NOTHING);
        const ofOutlier = tf.add(source.logProb(x), logShares);
        const difference = tf.add(model.logProbByColumn(inside), tf.sub(rest, ofOutlier));
        return tf.add(tf.softplus(difference), ofOutlier);
      };
      return { ...model, logProb: (x) => tf.sum(terms(x), -1), logProbByColumn: terms };
    },
  };
}

function limit(x: Tensor, { low, high }: Ranges): Tensor {
  return tf.minimum(tf.maximum(x, [...low]), [...high]);
}
