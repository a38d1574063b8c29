import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { named } from '../optimizers/optimizer.ts';
import { fillNormal, fillUniform, streamKey } from '../random/streams.ts';
import type { FloatArray, FloatArrays, TensorFunction } from '../runtime/runtime.ts';
import { hmcTransition } from '../sampling/hmc.ts';
import type { Vae } from '../vae.ts';
import { pick, type BatchedFunctions } from './batches.ts';
import { fitGaussian } from './fitted-gaussian.ts';
import { WeightSums } from './importance-sampling.ts';

export interface PosteriorDensityOptions {
  /** Samples of each row's posterior that the density is fitted to, and as many that the estimate is made of. */
  readonly samples: number;
  readonly leapfrogSteps: number;
  /** Transitions before the first sample, in which the step size is tuned. */
  readonly warmUp: number;
  /** Transitions from sample to sample. */
  readonly thinning: number;
  readonly targetAcceptance: number;
  readonly seed: number;
}

/** Appendix D's setting: 50 samples, 4 leapfrog steps. */
export const POSTERIOR_DENSITY_DEFAULTS: PosteriorDensityOptions = {
  samples: 50,
  leapfrogSteps: 4,
  warmUp: 200,
  thinning: 5,
  targetAcceptance: 0.9,
  seed: 0,
};

const FIRST_STEP_SIZE = 0.1;

/**
 * Appendix D, for few latent dimensions: samples of p(z|x) by Hamiltonian Monte Carlo, a density q(z) (a Gaussian with full
 * covariance) fitted to half of them, and 1 / p(x) estimated as the mean of q(z) / p(x, z) over the other half. Chains start
 * at `start` [rows, latent_size]. Gives log p(x) and its standard error (samples taken as independent), [rows].
 */
export async function posteriorDensityEstimate(
  functions: BatchedFunctions,
  vae: Vae,
  parameters: FloatArrays,
  rows: FloatArray,
  start: FloatArray,
  options: PosteriorDensityOptions,
): Promise<{ logMarginalLikelihood: Float64Array; standardError: Float64Array; acceptance: number }> {
  const chain = new Chain(functions, vae, parameters, rows, start, options);
  await chain.run(options.warmUp, { tune: true });
  const fitted = await chain.samples(options.samples);
  const densities = fitted.map(({ points }) => fitGaussian(points));
  const estimates = (await chain.samples(options.samples)).map(({ points, logJoints }, row) => {
    const sums = new WeightSums();
    points.forEach((point, i) => {
      sums.add((densities[row]?.logProb(point) ?? NaN) - (logJoints[i] ?? NaN));
    });
    return sums;
  });
  return {
    logMarginalLikelihood: Float64Array.from(estimates, (sums) => -sums.logMean),
    standardError: Float64Array.from(estimates, (sums) => sums.standardError),
    acceptance: chain.acceptance,
  };
}

interface RowSamples {
  readonly points: Float64Array[];
  readonly logJoints: number[];
}

/** One chain for each row, all with the same step size. */
class Chain {
  readonly #move: (z: FloatArray, noise: FloatArrays, stepSize: number) => Promise<FloatArrays>;
  readonly #options: PosteriorDensityOptions;
  readonly #count: number;
  readonly #size: number;
  #z: FloatArray;
  #logJoint: Float32Array = new Float32Array();
  #stepSize = FIRST_STEP_SIZE;
  #transition = 0;
  #accepted = 0;
  #proposed = 0;

  constructor(
    functions: BatchedFunctions,
    vae: Vae,
    parameters: FloatArrays,
    rows: FloatArray,
    start: FloatArray,
    options: PosteriorDensityOptions,
  ) {
    const fn = transition(vae, options.leapfrogSteps);
    this.#options = options;
    this.#count = rows.shape[0] ?? 0;
    this.#size = vae.latentSize;
    this.#z = start;
    this.#move = (z, noise, stepSize) => {
      const given = { shape: [1], data: Float32Array.of(stepSize) };
      const name = `hmc/${options.leapfrogSteps}`;
      return functions.run(name, fn, { ...parameters, step_size: given }, { rows, latents: z, ...noise });
    };
  }

  /** Share of the proposals after the warm-up that was accepted. */
  get acceptance(): number {
    return this.#accepted / this.#proposed;
  }

  async run(transitions: number, { tune }: { readonly tune: boolean }): Promise<void> {
    for (let i = 0; i < transitions; i++) {
      const results = await this.#move(this.#z, this.#noise(), this.#stepSize);
      this.#z = pick(results, 'latents');
      this.#logJoint = pick(results, 'log_joint').data;
      const accepted = pick(results, 'accepted').data.reduce((sum, value) => sum + value, 0);
      if (tune) this.#stepSize *= accepted > this.#options.targetAcceptance * this.#count ? 1.02 : 1 / 1.02;
      else this.#accepted += accepted;
      if (!tune) this.#proposed += this.#count;
    }
  }

  async samples(count: number): Promise<RowSamples[]> {
    const rows = Array.from({ length: this.#count }, (): RowSamples => ({ points: [], logJoints: [] }));
    for (let i = 0; i < count; i++) {
      await this.run(this.#options.thinning, { tune: false });
      rows.forEach(({ points, logJoints }, row) => {
        points.push(Float64Array.from(this.#z.data.subarray(row * this.#size, (row + 1) * this.#size)));
        logJoints.push(this.#logJoint[row] ?? NaN);
      });
    }
    return rows;
  }

  #noise(): FloatArrays {
    const { seed } = this.#options;
    const momentum = new Float32Array(this.#count * this.#size);
    const acceptance = new Float32Array(this.#count);
    fillNormal(streamKey(seed, 'chainMomentum', this.#transition), momentum);
    fillUniform(streamKey(seed, 'chainAcceptance', this.#transition), acceptance);
    this.#transition += 1;
    return {
      momentum: { shape: [this.#count, this.#size], data: momentum },
      acceptance: { shape: [this.#count, 1], data: acceptance },
    };
  }
}

const transition =
  (vae: Vae, leapfrogSteps: number): TensorFunction =>
  (inputs) => {
    const x = named(inputs, 'rows');
    const logJoint = (z: Tensor) => tf.add(vae.decode(inputs, z).logProb(x), vae.prior().logProb(z));
    const noise = {
      momentum: named(inputs, 'momentum'),
      acceptance: tf.reshape(named(inputs, 'acceptance'), [-1]),
    };
    const start = named(inputs, 'latents');
    const { z, accepted } = hmcTransition(logJoint, start, noise, named(inputs, 'step_size'), leapfrogSteps);
    return { latents: z, accepted, log_joint: logJoint(z) };
  };
