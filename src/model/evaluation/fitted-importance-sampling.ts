import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import { fillNormal } from '../random/streams.ts';
import type { FloatArray, TensorFunction } from '../runtime/runtime.ts';
import type { Vae } from '../vae.ts';
import { createEmpty } from './batches.ts';
import { drawRowNoise, type NoiseSource } from './draws.ts';
import { WeightSums, type LikelihoodEstimate } from './importance-sampling.ts';
import type { Advance, Subject } from './subject.ts';
import type { FittedGaussian } from './fitted-gaussian.ts';

/** Draws per row that one call of the graph scores. */
const DRAWS_AT_ONCE = 16;
/** The proposal is wider than the fitted Gaussian by this factor, so that its tails cover the posterior's. */
const WIDENED = 1.3;

/**
 * Estimates log p(x) by importance sampling: log (1/K) sum_k p(x, z_k) / r(z_k), z_k ~ r. The proposal r is a Gaussian
 * fitted to samples of the row's posterior and widened by {@link WIDENED}. Unlike q(z|x), r is close to the posterior
 * even for rows that were not trained on.
 */
export async function estimateByFittedImportanceSampling(
  subject: Subject,
  densities: readonly FittedGaussian[],
  draws: number,
  noise: Omit<NoiseSource, 'stream'>,
  advance?: Advance,
): Promise<LikelihoodEstimate> {
  const { functions, vae, parameters, rows } = subject;
  const sums = densities.map(() => new WeightSums());
  for (let first = 0; first < draws;) {
    const count = draws - first >= DRAWS_AT_ONCE ? DRAWS_AT_ONCE : 1;
    const { latents, logDensities } = drawProposals(densities, vae.latentSize, noise, { first, count });
    const results = await functions.run(`log_joint/${count}`, defineLogJoint(vae), parameters, {
      rows,
      latents,
    });
    getNamed(results, 'log_joint').data.forEach((value, i) => {
      sums[Math.floor(i / count)]?.add(value - (logDensities[i] ?? NaN));
    });
    first += count;
    await advance?.(densities.length * count);
  }
  return {
    logMarginalLikelihood: Float64Array.from(sums, (sum) => sum.logMean),
    standardError: Float64Array.from(sums, (sum) => sum.standardError),
    effectiveSampleSize: Float64Array.from(sums, (sum) => sum.effectiveSampleSize),
  };
}

/** Draws latents [rows, draws, size] from the proposals, with their log densities [rows * draws]. */
function drawProposals(
  densities: readonly FittedGaussian[],
  size: number,
  noise: Omit<NoiseSource, 'stream'>,
  { first, count }: { readonly first: number; readonly count: number },
): { latents: FloatArray; logDensities: Float64Array } {
  const latents = createEmpty([densities.length, count, size]);
  const logDensities = new Float64Array(densities.length * count);
  for (let draw = 0; draw < count; draw++) {
    const source = { ...noise, stream: 'fittedProposal' } as const;
    const { data } = drawRowNoise(fillNormal, source, first + draw, [densities.length, size]);
    densities.forEach((density, row) => {
      const own = data.subarray(row * size, (row + 1) * size);
      const z = density.sample(own.map((value) => WIDENED * value));
      latents.data.set(z, (row * count + draw) * size);
      logDensities[row * count + draw] = computeWidenedLogProb(density, z, own);
    });
  }
  return { latents, logDensities };
}

/** log N(mean + w L e; w^2 S) = log N(mean + L e; S) - size log w, since both exponents are -e^T e / 2. */
function computeWidenedLogProb(density: FittedGaussian, z: Float64Array, noise: Float32Array): number {
  const narrow = density.sample(noise);
  return density.logProb(narrow) - z.length * Math.log(WIDENED);
}

/** log p(x, z) of each draw, [rows, draws]. */
const defineLogJoint =
  (vae: Vae): TensorFunction =>
  ({ latents, ...inputs }) => {
    const x = getNamed(inputs, 'rows');
    const z = tf.transpose(latents ?? x, [1, 0, 2]);
    const joint = tf.add(vae.decode(inputs, z).logProb(x), vae.prior(inputs).logProb(z));
    return { log_joint: tf.transpose(joint) };
  };
