import type { Tensor } from '@tensorflow/tfjs';
import type { ElementStatistics } from '../../dataset/statistics.ts';
import type { Tensors } from '../../runtime/runtime.ts';
import type { Noise, NoiseSize } from '../distribution.ts';
import type { OutlierSource } from './outlier-sources.ts';

/** p(x|z) for given decoder output. Values of x are in the units of the data, whatever the decoder works in. */
export interface LikelihoodDistribution {
  /** log p(x|z) summed over the elements of x [..., data_size]: [...]. Missing values (NaN, mixed alone) add nothing. */
  logProb(x: Tensor): Tensor;
  /** Its terms: one for each element, or for each one-hot group (categorical): [..., columns]. */
  logProbByColumn(x: Tensor): Tensor;
  /** Expectation of x, [..., data_size]; for a column of category codes the most probable code. */
  mean(): Tensor;
  /** The most probable x, [..., data_size]: 0 or 1, a count, a code; for log_normal the median. */
  mode(): Tensor;
  /**
   * A draw [..., data_size] from {@link LikelihoodFamily.noise}; in the place of counts, which are no cheap function of
   * noise, their rates (evaluation/counts.ts draws from them).
   */
  sample(noise: Noise): Tensor;
}

/** Decoder output (and extra parameters) that gives the same distribution for every z. */
export interface MarginalOutput {
  readonly output: Float32Array;
  readonly extra: Readonly<Record<string, Float32Array>>;
}

/** The mathematics of a likelihood; its sizes are a part of its description (src/model/specification/likelihoods). */
export interface LikelihoodFamily {
  /** Encoder input for x [..., data_size]: [..., input] (likelihoodSizes). */
  encoderInput(x: Tensor): Tensor;
  /**
   * The best distribution that knows nothing of z: that of independent elements with these statistics. What never occurs
   * is given this share of the rows (default {@link LEAST_SHARE}: a start that learning can leave).
   */
  marginal(statistics: ElementStatistics, leastShare?: number): MarginalOutput;
  /** How many numbers one draw of a row takes: noise is [..., normal] and [..., uniform]. */
  noise(dataSize: number): NoiseSize;
  /** The distribution from decoder output [..., output] and the extra parameters. */
  fromOutput(output: Tensor, extra: Tensors): LikelihoodDistribution;
}

/** The mathematics of a column of a table. */
export interface ColumnMathematics<Spec> {
  /** One family for all columns of this kind that share {@link ColumnMathematics.setting}. */
  readonly family: (columns: readonly Spec[]) => LikelihoodFamily;
  /** Value that columns must share to be handled together. Default: none. */
  readonly setting?: (column: Spec) => number | string;
  /** The value that becomes 0 (or all zeros) in the encoder's input; it replaces missing values. Default: 0. */
  readonly filler?: (column: Spec) => number;
  /** The value that the encoder sees in place of the outcome `other`. Default: the filler. */
  readonly standIn?: number;
  /** Where outliers of columns with the field `outliers` come from. Absent: the field is not offered. */
  readonly outliers?: (columns: readonly Spec[]) => OutlierSource;
}

export const LEAST_SHARE = 0.001;

/** The encoder sees the values as they are. */
export const asStored = {
  encoderInput: (x: Tensor): Tensor => x,
};

export const oneUniform = (dataSize: number): NoiseSize => ({ normal: 0, uniform: dataSize });
export const oneNormal = (dataSize: number): NoiseSize => ({ normal: dataSize, uniform: 0 });

/** Errors: RangeError if the noise of a kind is missing. */
export function needed(noise: Noise, kind: keyof Noise): Tensor {
  const found = noise[kind];
  if (!found) throw new RangeError(`the ${kind} noise that this likelihood draws from is missing`);
  return found;
}
