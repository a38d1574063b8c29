import * as tf from '@tensorflow/tfjs';
import { CONSTRAINTS, unitFromLog } from '../constraints.ts';
import { pieces, type Distribution, type DistributionFamily, type Values } from '../distribution.ts';
import { GAMMA_NOISE, logGamma } from '../gamma-transform.ts';
import { lgamma } from '../special-functions.ts';
import { beta } from './beta.ts';

/**
 * Dirichlet on the simplex: log p = sum_j (a_j - 1) log z_j - sum_j lgamma(a_j) + lgamma(sum_j a_j);
 * z = g / sum_j g_j with g_j ~ Gamma(a_j) (composition), in logarithms. At least 2 dimensions.
 */
export const dirichlet: DistributionFamily<'concentration'> = {
  noise: GAMMA_NOISE,
  fromOutput: (output) => of({ concentration: CONSTRAINTS.positive(output) }),
  of,
};

function of(parameters: Values<'concentration'>): Distribution<'concentration'> {
  const { concentration: a } = parameters;
  const total = () => tf.sum(a, -1, true);
  const mean = () => tf.div(a, total());
  return {
    parameters,
    logProb(z) {
      const terms = tf.sub(tf.mul(tf.sub(a, 1), tf.log(z)), lgamma(a));
      return tf.add(tf.sum(terms, -1), lgamma(tf.sum(a, -1)));
    },
    sample({ normal, uniform }) {
      const [x] = pieces(normal, GAMMA_NOISE.normal);
      const logs = logGamma(a, x, pieces(uniform, GAMMA_NOISE.uniform));
      return unitFromLog(tf.sub(logs, tf.logSumExp(logs, -1, true)));
    },
    mean,
    standardDeviation: () => tf.sqrt(tf.div(tf.mul(mean(), tf.sub(1, mean())), tf.add(total(), 1))),
    center: mean,
  };
}

/** Each dimension is a Beta of its concentration and that of all others. */
export function dirichletMarginals(distribution: Distribution): Distribution {
  const { concentration } = distribution.parameters as Values<'concentration'>;
  const others = tf.sub(tf.sum(concentration, -1, true), concentration);
  return beta.of({ alpha: concentration, beta: others });
}
