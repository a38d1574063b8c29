import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { logSoftmax, logSumExp, mapGroups, oneHotMax, perturb, reduceGroups } from './groups.ts';
import { asStored, LEAST_SHARE, needed, oneUniform, type LikelihoodFamily } from './likelihood.ts';

/**
 * One-hot groups with logits y: log p = sum over groups g of sum_k x_gk (y_gk - log sum_j e^y_gj). A group of zeros
 * says nothing and adds nothing.
 */
export const categorical = ({ groups }: { readonly groups: readonly number[] }): LikelihoodFamily => ({
  ...asStored,
  marginal: ({ mean }, leastShare) => ({ output: logShares(mean, leastShare), extra: {} }),
  noise: oneUniform,
  fromOutput(logits) {
    const sum = (blocks: Tensor) => tf.sum(blocks, -1);
    const normalizers = (x: Tensor) =>
      tf.mul(reduceGroups(x, groups, sum), reduceGroups(logits, groups, logSumExp));
    return {
      logProb: (x) => tf.sub(sum(tf.mul(x, logits)), sum(normalizers(x))),
      logProbByColumn: (x) => tf.sub(reduceGroups(tf.mul(x, logits), groups, sum), normalizers(x)),
      mean: () => mapGroups(logits, groups, (blocks) => tf.exp(logSoftmax(blocks))),
      mode: () => mapGroups(logits, groups, oneHotMax),
      sample: (noise) => mapGroups(perturb(logits, needed(noise, 'uniform')), groups, oneHotMax),
    };
  },
});

export function logShares(shares: ArrayLike<number>, leastShare = LEAST_SHARE): Float32Array {
  return Float32Array.from(shares, (share) => Math.log(Math.max(share, leastShare)));
}
