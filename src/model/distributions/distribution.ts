import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** How many standard normal and uniform (0, 1) numbers one draw needs per dimension. */
export interface NoiseSize {
  readonly normal: number;
  readonly uniform: number;
}

/** Noise of each kind: [..., count * size], which {@link pieces} cuts into `count` tensors [..., size]. */
export interface Noise {
  readonly normal?: Tensor;
  readonly uniform?: Tensor;
}

export type Values<Parameter extends string> = Readonly<Record<Parameter, Tensor>>;

/** A distribution over z [..., size]; the leading axes are a batch of independent ones. */
export interface Distribution<Parameter extends string = string> {
  /** The density's parameters (location, scale, ...), including hyperparameters: [..., size] or broadcastable. */
  readonly parameters: Values<Parameter>;
  /** Exactly N(0, I), whose density and divergence are shorter. */
  readonly isStandardNormal?: true;
  /** log density of z, which must be in the family's support, summed over the last axis: [...]. */
  logProb(z: Tensor): Tensor;
  /** Its terms, [..., size]; absent where dimensions are not independent. */
  logProbByDimension?(z: Tensor): Tensor;
  /** A draw [..., size] inside the support, differentiable in the parameters at fixed noise (section 2.4). */
  sample(noise: Noise): Tensor;
  /** Expectation, NaN if it is not finite: [..., size]. */
  mean(): Tensor;
  /** NaN if it is not finite: [..., size]. */
  standardDeviation(): Tensor;
  /** One representative point: the mean, or the median in families that may have no mean. */
  center(): Tensor;
}

export interface DistributionFamily<Given extends string = string, Parameter extends string = Given> {
  readonly noise: NoiseSize;
  /** The distribution given by a network's output [..., posteriorSize], any real numbers. */
  fromOutput(output: Tensor, size: number): Distribution<Parameter>;
  /** The distribution with these parameters. */
  of(parameters: Values<Given>): Distribution<Parameter>;
}

/** A tuple of `Count` tensors if the compiler knows the count. */
export type Pieces<Count extends number, Made extends readonly Tensor[] = []> = number extends Count
  ? readonly Tensor[]
  : Made['length'] extends Count
    ? Made
    : Pieces<Count, readonly [...Made, Tensor]>;

/** Noise [..., count * size] as `count` tensors [..., size]. Errors: RangeError if it is missing. */
export function pieces<Count extends number>(noise: Tensor | undefined, count: Count): Pieces<Count> {
  const cut = (): Tensor[] => {
    if (count === 0) return [];
    if (!noise) throw new RangeError('the noise that this distribution draws from is missing');
    return count === 1 ? [noise] : tf.split(noise, count, -1);
  };
  return cut() as unknown as Pieces<Count>;
}
