import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Distribution, Noise } from '../distributions/distribution.ts';
import { logSumExp } from '../distributions/likelihoods/groups.ts';
import type { LikelihoodDistribution } from '../distributions/likelihoods.ts';
import { toNoise } from '../evaluation/draws.ts';
import { getNamed } from '../named-arrays.ts';
import type { TensorFunction, Tensors } from '../runtime/runtime.ts';
import type { Shape } from '../specification.ts';
import type { Vae } from '../vae.ts';

/** A value is strange if it is this much less probable than the mode: 3.5 standard deviations of a Gaussian. In nats. */
const STRANGE = 6;
const ROUNDS = 3;
/** Values that are replaced alone in rows of at most {@link NARROW} values; in wider ones no single value moves q much. */
const [ALONE, ALONE_ROUNDS, NARROW] = [6, 6, 128];

/** What a call can return of each draw besides its weight: the decoder's output, the mean of p(x|z), z itself. */
export type Detail = 'outputs' | 'means' | 'latents';

/**
 * Draws z from a mixture r of q(z|x) over variants of the row, and scores each draw, for x [rows, data_size]:
 *
 *     terms [rows, draws, columns]: log p(x_j|z_l);    log_ratio [rows, draws]: log p(z_l) - log r(z_l).
 *
 * r(z) = mean over c of q(z|x_c) with as many draws from each x_c: the deterministic mixture of Owen & Zhou 2000, whose
 * weights p(x, z) / r(z) stay bounded where one q is good. `normal` and `uniform` [draws, size] are the same for every row.
 */
export const defineWeighing =
  (
    vae: Vae,
    variants: (x: Tensor, parameters: Tensors) => Tensor[],
    details: readonly Detail[],
  ): TensorFunction =>
  (inputs) => {
    const { rows: _, normal, uniform, ...parameters } = inputs;
    const x = getNamed(inputs, 'rows');
    const posteriors = variants(x, parameters).map((row) => vae.encode(parameters, row));
    const z = tf.concat(drawEach(posteriors, toNoise(normal, uniform), x.shape), 0);
    const densities = tf.concat(
      posteriors.map((posterior) => tf.expandDims(posterior.logProb(z), -1)),
      -1,
    );
    const logProposal = tf.sub(logSumExp(densities), Math.log(posteriors.length));
    const output = vae.decoderOutput(parameters, z);
    const likelihood = vae.likelihood(parameters, output);
    const known: { readonly [Name in Detail]: () => Tensor } = {
      outputs: () => output,
      means: () => likelihood.mean(),
      latents: () => z,
    };
    return {
      terms: putRowsFirst(likelihood.logProbByColumn(x)),
      log_ratio: tf.transpose(tf.sub(vae.prior(parameters).logProb(z), logProposal)),
      ...Object.fromEntries(details.map((name) => [name, putRowsFirst(known[name]())])),
    };
  };

/** [draws / proposals, rows, latent_size] from each. */
function drawEach(posteriors: readonly Distribution[], noise: Noise, [rows = 0]: Shape): Tensor[] {
  const count = posteriors.length;
  const cut = (tensor: Tensor | undefined) =>
    tensor &&
    (count === 1 ? [tensor] : tf.split(tensor, count, 0)).map((part) =>
      tf.tile(tf.expandDims(part, 1), [1, rows, 1]),
    );
  const [normal, uniform] = [cut(noise.normal), cut(noise.uniform)];
  return posteriors.map((posterior, i) => posterior.sample(toNoise(normal?.[i], uniform?.[i])));
}

/** [draws, rows, size] -> [rows, draws, size]. */
const putRowsFirst = (tensor: Tensor): Tensor => tf.transpose(tensor, [1, 0, 2]);

/** The row alone: for likelihoods of one-hot groups, and posteriors whose density does not cover their support. */
export const keepRows = (x: Tensor): Tensor[] => [x];

/**
 * The row; the row with everything strange replaced by what is expected; and, if it is narrow, the row with only one value
 * replaced, for each of its {@link ALONE} strangest values. A strange value moves q(z|x) away from where z would be without it, and draws from there
 * would say little about p(x_j|x_-j).
 *
 * A value is strange at z, the center of q(z|x), if log p(mode_j|z) - log p(x_j|z) exceeds {@link STRANGE}. As strange
 * values move z, this is repeated with them replaced, and a value that then fits is put back.
 */
export const proposeRows =
  (vae: Vae) =>
  (x: Tensor, parameters: Tensors): Tensor[] => {
    let [cleaned, strangeness] = [x, x];
    for (let round = 0; round < ROUNDS; round++) {
      const likelihood = vae.decode(parameters, vae.encode(parameters, cleaned).center());
      const mode = likelihood.mode();
      strangeness = measureStrangeness(likelihood, mode, x);
      cleaned = tf.where(tf.greater(strangeness, STRANGE), mode, x);
    }
    if (vae.dataSize > NARROW) return [x, cleaned];
    return [x, cleaned, ...replaceAlone(vae, parameters, x, pickStrangest(strangeness))];
  };

/** Where each row has its strangest value, its second strangest and so on: {@link ALONE} tensors of truth [rows, data_size]. */
function pickStrangest(strangeness: Tensor): Tensor[] {
  const picked: Tensor[] = [];
  let left = strangeness;
  for (let i = 0; i < ALONE; i++) {
    const largest = pickLargest(left);
    left = tf.where(largest, tf.zerosLike(left), left);
    picked.push(largest);
  }
  return picked;
}

/**
 * For each choice the row with the chosen value replaced by what is expected at the center of q(z|x with that value replaced). It
 * starts from the mode at the center of the prior; each round takes away the larger part of what is left.
 */
function replaceAlone(vae: Vae, parameters: Tensors, x: Tensor, choices: readonly Tensor[]): Tensor[] {
  const center = tf.add(tf.zeros([1, vae.latentSize]), vae.prior(parameters).center());
  const typical = tf.add(tf.zerosLike(x), vae.decode(parameters, center).mode());
  const rows = tf.concat(
    choices.map(() => x),
    0,
  );
  const chosen = tf.concat([...choices], 0);
  let replaced = tf.where(
    chosen,
    tf.concat(
      choices.map(() => typical),
      0,
    ),
    rows,
  );
  for (let round = 0; round < ALONE_ROUNDS; round++) {
    const mode = vae.decode(parameters, vae.encode(parameters, replaced).center()).mode();
    replaced = tf.where(chosen, mode, rows);
  }
  return tf.split(replaced, choices.length, 0);
}

/** log p(mode_j|z) - log p(x_j|z), 0 for missing values: [rows, data_size]. */
function measureStrangeness(likelihood: LikelihoodDistribution, mode: Tensor, x: Tensor): Tensor {
  const difference = tf.sub(likelihood.logProbByColumn(mode), likelihood.logProbByColumn(x));
  // Only NaN differs from itself.
  return tf.where(tf.equal(x, x), difference, tf.zerosLike(difference));
}

/** Where each row has its largest number, if that is above 0. */
function pickLargest(x: Tensor): Tensor {
  const largest = tf.max(x, -1, true);
  return tf.logicalAnd(tf.equal(x, largest), tf.greater(x, 0));
}
