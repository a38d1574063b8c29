import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { continuousBernoulliLogit } from '../../dataset/continuous-bernoulli-fit.ts';
import { polynomial } from '../special-functions.ts';
import { asStored, needed, oneUniform, type LikelihoodFamily } from './likelihood.ts';

/** Below this |y| series replace quotients of small numbers: their error there is below float32's. */
const [NEAR, NEAR_SAMPLE] = [1, 0.02];
/** log(sinh(y / 2) / (y / 2)) = y^2 / 24 - y^4 / 2880 + ...: the factors of y^2, y^4, ... */
const SERIES = [1 / 24, -1 / 2880, 1 / 181440, -1 / 9676800] as const;
/** Its derivative: the factors of y, y^3, ... */
const SLOPE = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600] as const;

/**
 * Loaiza-Ganem & Cunningham 2019, "The continuous Bernoulli": a density on [0, 1], p(x) = C(l) l^x (1 - l)^(1 - x) with
 * l = sigmoid(y). In logits, p(x) = y e^(y x) / (e^y - 1), so log p = (x - 1/2) y - log(sinh(y / 2) / (y / 2)).
 */
export const continuousBernoulli = (): LikelihoodFamily => ({
  ...asStored,
  marginal: ({ mean }) => ({ output: Float32Array.from(mean, continuousBernoulliLogit), extra: {} }),
  noise: oneUniform,
  fromOutput(logits) {
    const terms = (x: Tensor) => tf.sub(tf.mul(tf.sub(x, 0.5), logits), logNormalizer(logits));
    return {
      logProb: (x) => tf.sum(terms(x), -1),
      logProbByColumn: terms,
      mean: () => tf.add(meanAboveHalf(logits), 0.5),
      mode: () => tf.step(logits),
      sample: (noise) => quantile(logits, needed(noise, 'uniform')),
    };
  },
});

/** log(sinh(y / 2) / (y / 2)), whose derivative is the mean less 1/2: training needs no more than that. */
function logNormalizer(logits: Tensor): Tensor {
  const differentiable = tf.customGrad((y, save) => {
    const at = y as Tensor;
    (save as (tensors: Tensor[]) => void)([at]);
    return {
      value: logNormalizerOf(at),
      gradFunc: (dy: Tensor, [saved = at]: Tensor[]) => tf.mul(dy, meanAboveHalf(saved)),
    };
  });
  return differentiable(logits);
}

/** |y| / 2 + log(1 - e^-|y|) - log |y|. */
function logNormalizerOf(y: Tensor): Tensor {
  const size = tf.abs(y);
  const large = tf.maximum(size, NEAR);
  const far = tf.sub(tf.add(tf.mul(large, 0.5), tf.log(tf.sub(1, tf.exp(tf.neg(large))))), tf.log(large));
  const small = tf.square(tf.minimum(size, NEAR));
  return tf.where(tf.less(size, NEAR), tf.mul(small, polynomial(SERIES, small)), far);
}

/** 1 / (1 - e^-y) - 1 / y - 1 / 2, an odd function of y: written for |y|. */
function meanAboveHalf(y: Tensor): Tensor {
  const size = tf.abs(y);
  const large = tf.maximum(size, NEAR);
  const far = tf.sub(tf.reciprocal(tf.sub(1, tf.exp(tf.neg(large)))), tf.add(tf.reciprocal(large), 0.5));
  const small = tf.minimum(size, NEAR);
  const near = tf.mul(small, polynomial(SLOPE, tf.square(small)));
  const above = tf.where(tf.less(size, NEAR), near, far);
  return tf.where(tf.less(y, 0), tf.neg(above), above);
}

/** F(x) = (e^(y x) - 1) / (e^y - 1) inverted: x = log(1 + u (e^y - 1)) / y, written so that no exponential overflows. */
function quantile(y: Tensor, u: Tensor): Tensor {
  const size = tf.maximum(tf.abs(y), NEAR_SAMPLE);
  const positive = tf.greater(y, 0);
  const v = tf.where(positive, u, tf.sub(1, u));
  const left = tf.div(tf.log(tf.add(v, tf.mul(tf.sub(1, v), tf.exp(tf.neg(size))))), tf.neg(size));
  const near = tf.add(u, tf.mul(tf.mul(y, 0.5), tf.mul(u, tf.sub(1, u))));
  const far = tf.where(positive, tf.sub(1, left), left);
  return tf.where(tf.less(tf.abs(y), NEAR_SAMPLE), near, far);
}
