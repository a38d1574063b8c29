import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Pieces } from './distribution.ts';
import { polynomial } from './special-functions.ts';

/** Uniform numbers that raise the shape to where one polynomial serves. */
const SHIFT = 4;
/** Beyond what normal numbers made from 32 bits reach; the polynomials were fitted up to here. */
const LARGEST_NORMAL = 6.8;

/** One draw of Gamma(shape, 1). */
export const GAMMA_NOISE = { normal: 1, uniform: SHIFT } as const;
export const TWO_GAMMAS = { normal: 2, uniform: 8 } as const;

/** P_0 ... P_3 from test/model/distributions/golden/gamma_transform.py: 1.3e-7 in the distribution function. */
const CUBE_ROOT = [
  [
    1, 0.333333224, -2.11810104e-7, -0.00307912333, 0.000820342859, -0.000139257711, 6.41906308e-6,
    7.89008391e-6, -2.51499864e-6, 5.01869657e-8, 8.78700561e-8, -8.93264396e-9,
  ],
  [
    -0.111110449, 0.00925675128, 0.00330690132, -0.00179504498, 0.000418809708, 1.37744391e-5, -3.12565426e-5,
    2.18493847e-6,
  ],
  [-0.00578404265, -0.00192221429, 0.00162317033, -4.24073551e-5, -7.22653058e-5, 6.47369889e-5],
  [0.00179126638, -0.00121551915, 0.000601224252, -0.00104871625],
];

/**
 * log z for z ~ Gamma(a, 1), any a > 0, from normal x and uniform u_i: exact to float32 and differentiable in a.
 * log z = log g + sum_{i<4} log(u_i) / (a + i), where g ~ Gamma(a + 4, 1) (Gamma(a) = Gamma(a + 1) u^(1/a), four times)
 * and g = b y^3, b = a + 4, is its inverse distribution function at Phi(x): y = sum_j b^-j P_j(x / sqrt(b)), a fit of
 * Temme's uniform expansion (DLMF 8.12) in Wilson and Hilferty's cube root.
 */
export function logGamma(a: Tensor, x: Tensor, u: Pieces<typeof SHIFT>): Tensor {
  const raised = tf.add(a, SHIFT);
  const inverse = tf.reciprocal(raised);
  const inside = tf.clipByValue(x, -LARGEST_NORMAL, LARGEST_NORMAL);
  const eta = tf.mul(inside, tf.sqrt(inverse));
  const cubeRoot = CUBE_ROOT.map((coefficients) => polynomial(coefficients, eta)).reduceRight((sum, next) =>
    tf.add(tf.mul(sum, inverse), next),
  );
  const logRaised = tf.add(tf.log(raised), tf.mul(tf.log(cubeRoot), 3));
  return u.reduce<Tensor>((sum, ui, i) => tf.add(sum, tf.div(tf.log(ui), tf.add(a, i))), logRaised);
}
