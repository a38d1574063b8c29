import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ParametersOf } from '../families/families.ts';
import { digamma, EULER, LOG_2_PI, lgamma, trigamma } from '../special-functions.ts';
import type { GAMMAS, WEIBULLS } from '../../specification/families/family.ts';
import type { PosteriorsWithKl } from '../../specification/families/families.ts';
import { fromGaussian, type EntropyAndMoments } from './real.ts';

/** KL(q || p) of families on the positive numbers, for each element. */

export interface GammaParameters {
  readonly shape: Tensor;
  readonly rate: Tensor;
}
type Gammas = {
  readonly [Name in (typeof GAMMAS)[number]]: (parameters: ParametersOf<Name>) => GammaParameters;
};

export const AS_GAMMA: Gammas = {
  gamma: (parameters) => parameters,
  erlang: (parameters) => parameters,
  exponential: ({ rate }) => ({ shape: tf.scalar(1), rate }),
  chi_squared: ({ degrees_of_freedom: v }) => ({ shape: tf.mul(v, 0.5), rate: tf.scalar(0.5) }),
};

export interface WeibullParameters {
  readonly scale: Tensor;
  readonly shape: Tensor;
}
type Weibulls = {
  readonly [Name in (typeof WEIBULLS)[number] | 'exponential']: (
    parameters: ParametersOf<Name>,
  ) => WeibullParameters;
};

export const AS_WEIBULL: Weibulls = {
  weibull: (parameters) => parameters,
  rayleigh: ({ scale }) => ({ scale: tf.mul(scale, Math.SQRT2), shape: tf.scalar(2) }),
  exponential: ({ rate }) => ({ scale: tf.reciprocal(rate), shape: tf.scalar(1) }),
};

/** Expectations of z, and the moments of log z, whose entropy is H(z) - E[log z]. */
export interface LogMoments extends EntropyAndMoments {
  readonly meanOfZ: Tensor;
}

/** E[log z] = psi(a) - log r, var[log z] = psi'(a), H(log z) = a + lgamma(a) - a psi(a). */
function gammaMoments({ shape, rate }: GammaParameters): LogMoments {
  const psi = digamma(shape);
  return {
    entropy: tf.add(tf.sub(shape, tf.mul(shape, psi)), lgamma(shape)),
    mean: tf.sub(psi, tf.log(rate)),
    variance: trigamma(shape),
    meanOfZ: tf.div(shape, rate),
  };
}

/** log z is Gumbel (minima): E = log s - gamma / k, var = pi^2 / (6 k^2), H = 1 + gamma - log k. */
function weibullMoments({ scale, shape }: WeibullParameters): LogMoments {
  const inverse = tf.reciprocal(shape);
  return {
    entropy: tf.sub(1 + EULER, tf.log(shape)),
    mean: tf.sub(tf.log(scale), tf.mul(inverse, EULER)),
    variance: tf.mul(tf.square(inverse), Math.PI ** 2 / 6),
    meanOfZ: tf.mul(scale, tf.exp(lgamma(tf.add(inverse, 1)))),
  };
}

type PositiveMoments = {
  readonly [Name in PosteriorsWithKl<'gamma'>]: (q: ParametersOf<Name>) => LogMoments;
};

export const LOG_MOMENTS: PositiveMoments = {
  gamma: (q) => gammaMoments(AS_GAMMA.gamma(q)),
  erlang: (q) => gammaMoments(AS_GAMMA.erlang(q)),
  exponential: (q) => weibullMoments(AS_WEIBULL.exponential(q)),
  chi_squared: (q) => gammaMoments(AS_GAMMA.chi_squared(q)),
  weibull: (q) => weibullMoments(AS_WEIBULL.weibull(q)),
  rayleigh: (q) => weibullMoments(AS_WEIBULL.rayleigh(q)),
  log_normal: ({ location, scale }) => ({
    entropy: tf.add(tf.log(scale), (LOG_2_PI + 1) / 2),
    mean: location,
    variance: tf.square(scale),
    meanOfZ: tf.exp(tf.add(location, tf.mul(tf.square(scale), 0.5))),
  }),
  reciprocal: ({ low, ratio }) => {
    const width = tf.log(ratio);
    return {
      entropy: tf.log(width),
      mean: tf.add(tf.log(low), tf.mul(width, 0.5)),
      variance: tf.mul(tf.square(width), 1 / 12),
      meanOfZ: tf.mul(low, tf.div(tf.sub(ratio, 1), width)),
    };
  },
};

/** log(z / s) is exponential with rate a. */
export function paretoLogMoments({ scale, shape }: ParametersOf<'pareto'>): EntropyAndMoments {
  const inverse = tf.reciprocal(shape);
  return {
    entropy: tf.sub(1, tf.log(shape)),
    mean: tf.add(tf.log(scale), inverse),
    variance: tf.square(inverse),
  };
}

/** -H(log q) - a log r + lgamma(a) - a E[log z] + r E[z]. */
export function fromGamma(q: LogMoments, { shape, rate }: GammaParameters): Tensor {
  const logs = tf.mul(shape, tf.add(tf.log(rate), q.mean));
  const cross = tf.sub(tf.add(lgamma(shape), tf.mul(rate, q.meanOfZ)), logs);
  return tf.sub(cross, q.entropy);
}

/** The divergence of the logarithms, as a change of variable leaves it as it is. */
export function fromLogNormal(q: EntropyAndMoments, { location, scale }: ParametersOf<'log_normal'>): Tensor {
  return fromGaussian(q, { mean: location, log_variance: tf.mul(tf.log(scale), 2) });
}

/**
 * log(k_q / k_p) + k_p (log s_p - E[log z]) + E[(z / s_p)^k_p] - gamma - 1, E[log z] = log s_q - gamma / k_q and
 * E[(z / s_p)^k_p] = (s_q / s_p)^k_p Gamma(1 + k_p / k_q) (Bauckhage 2013).
 */
export function weibullWeibull(q: WeibullParameters, p: WeibullParameters): Tensor {
  const ratio = tf.div(p.shape, q.shape);
  const logScales = tf.mul(p.shape, tf.sub(tf.log(q.scale), tf.log(p.scale)));
  const power = tf.exp(tf.add(logScales, lgamma(tf.add(ratio, 1))));
  const logs = tf.sub(tf.mul(tf.sub(ratio, 1), EULER), tf.add(tf.log(ratio), logScales));
  return tf.add(logs, tf.sub(power, 1));
}
