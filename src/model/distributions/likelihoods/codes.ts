import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ColumnOf } from '../../specification/likelihood.ts';
import { categorical, logShares } from './categorical.ts';
import { argMax, perturb, reduceGroups, total } from './groups.ts';
import { needed, type ColumnMathematics, type LikelihoodFamily } from './likelihood.ts';

/**
 * Categories stored as codes 0 .. n - 1: x [..., columns], for `sizes` [columns] the categorical distribution of their
 * one-hot form, which is also what the encoder sees. A missing code (-1) becomes all zeros.
 */
export const codes = (sizes: readonly number[]): LikelihoodFamily => {
  const family = categorical({ groups: sizes });
  const oneHot = oneHotOf(sizes);
  const width = total(sizes);
  return {
    ...family,
    encoderInput: oneHot,
    marginal: ({ frequencies }, leastShare) => {
      const shares = sizes.flatMap((size, i) => [...(frequencies?.[i] ?? equalShares(size))]);
      return { output: logShares(shares, leastShare), extra: {} };
    },
    noise: () => ({ normal: 0, uniform: width }),
    fromOutput(logits, extra) {
      const ofOneHot = family.fromOutput(logits, extra);
      const mostProbable = () => reduceGroups(logits, sizes, argMax);
      return {
        logProb: (x) => ofOneHot.logProb(oneHot(x)),
        logProbByColumn: (x) => ofOneHot.logProbByColumn(oneHot(x)),
        mean: mostProbable,
        mode: mostProbable,
        sample: (noise) => reduceGroups(perturb(logits, needed(noise, 'uniform')), sizes, argMax),
      };
    },
  };
};

/** Codes [..., columns] as zeros and ones [..., sum of sizes]. */
function oneHotOf(sizes: readonly number[]): (x: Tensor) => Tensor {
  const column = sizes.flatMap((size, i) => new Array<number>(size).fill(i));
  const code = sizes.flatMap((size) => Array.from({ length: size }, (_, k) => k));
  return (x) => tf.cast(tf.equal(tf.gather(x, tf.tensor1d(column, 'int32'), x.rank - 1), code), 'float32');
}

function equalShares(size: number): Float64Array {
  return new Float64Array(size).fill(1 / size);
}

export const categoricalColumn: ColumnMathematics<ColumnOf<'categorical'>> = {
  family: (columns) => codes(columns.map(({ categories }) => categories)),
  filler: () => -1,
};
