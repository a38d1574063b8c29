import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

export const EULER = 0.5772156649015329;
export const LOG_2_PI = Math.log(2 * Math.PI);

/** c_0 + c_1 x + c_2 x^2 + ... (Horner). */
export function polynomial(coefficients: readonly number[], x: Tensor): Tensor {
  const [last = 0, ...rest] = [...coefficients].reverse();
  const [next, ...others] = rest;
  if (next === undefined) return tf.fill(x.shape, last);
  return others.reduce<Tensor>(
    (sum, coefficient) => tf.add(tf.mul(sum, x), coefficient),
    tf.add(tf.mul(x, last), next),
  );
}

const LANCZOS_SHIFT = 2.595;
/** From test/model/distributions/golden/special_functions.py: relative error 3e-8 over [1e-5, 1e7]. */
const LANCZOS = [1.95412097, 2.27044567, 0.879284627, 0.113487627];

/** log Gamma(x) = (x - 1/2) (log(x + g) - 1) + log R(x), R(x) = P(x) / (x (x + 1) (x + 2)), for x > 0 (Lanczos's form). */
export function lgamma(x: Tensor): Tensor {
  const power = tf.mul(tf.sub(x, 0.5), tf.sub(tf.log(tf.add(x, LANCZOS_SHIFT)), 1));
  return tf.add(power, tf.log(lanczosRatio(x)));
}

function lanczosRatio(x: Tensor): Tensor {
  const poles = tf.mul(tf.mul(x, tf.add(x, 1)), tf.add(x, 2));
  return tf.div(polynomial(LANCZOS, x), poles);
}

/**
 * log B(a, b) = lgamma(a) + lgamma(b) - lgamma(s), s = a + b, with what cancels left out: where m is the smaller and M
 * the larger, (m - 1/2) log((m + g) / (s + g)) + (M - 1/2) log(1 - m / (s + g)) + (1 - log(s + g)) / 2 + the logs of R.
 */
export function logBeta(a: Tensor, b: Tensor): Tensor {
  const sum = tf.add(a, b);
  const smaller = tf.minimum(a, b);
  // As a difference, so that both have a derivative where they are equal.
  const larger = tf.sub(sum, smaller);
  const shifted = tf.add(sum, LANCZOS_SHIFT);
  const share = tf.log(tf.div(tf.add(smaller, LANCZOS_SHIFT), shifted));
  const rest = tf.log1p(tf.neg(tf.div(smaller, shifted)));
  const powers = tf.add(tf.mul(tf.sub(smaller, 0.5), share), tf.mul(tf.sub(larger, 0.5), rest));
  const ratios = tf.div(tf.mul(lanczosRatio(a), lanczosRatio(b)), lanczosRatio(sum));
  return tf.add(tf.add(powers, tf.log(ratios)), tf.mul(tf.sub(1, tf.log(shifted)), 0.5));
}

const SHIFTS = [0, 1, 2, 3];

/**
 * The derivative of lgamma for x > 0: psi(x) = psi(w) - sum_{i<4} 1 / (x + i) with w = x + 4 (DLMF 5.5.2) and
 * psi(w) = log w - 1/(2 w) - 1/(12 w^2) + 1/(120 w^4) - 1/(252 w^6) (DLMF 5.11.2).
 */
export function digamma(x: Tensor): Tensor {
  const w = tf.add(x, SHIFTS.length);
  const r = tf.reciprocal(w);
  const squares = polynomial([1 / 12, -1 / 120, 1 / 252], tf.square(r));
  const far = tf.sub(tf.log(w), tf.mul(r, tf.add(tf.mul(r, squares), 0.5)));
  return SHIFTS.reduce<Tensor>((sum, i) => tf.sub(sum, tf.reciprocal(tf.add(x, i))), far);
}

/** The derivative of digamma for x > 0, by the same shift: 1/w + 1/(2 w^2) + 1/(6 w^3) - 1/(30 w^5) + 1/(42 w^7). */
export function trigamma(x: Tensor): Tensor {
  const r = tf.reciprocal(tf.add(x, SHIFTS.length));
  const cubes = polynomial([1 / 6, -1 / 30, 1 / 42, -1 / 30], tf.square(r));
  const far = tf.mul(r, tf.add(tf.mul(r, tf.add(tf.mul(r, cubes), 0.5)), 1));
  return SHIFTS.reduce<Tensor>((sum, i) => tf.add(sum, tf.square(tf.reciprocal(tf.add(x, i)))), far);
}
