import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import { fillNormal, fillUniform } from '../random/streams.ts';
import type { FloatArray, FloatArrays, TensorFunction } from '../runtime/runtime.ts';
import { runHmcTransition } from '../sampling/hmc.ts';
import { CHAIN_SCHEDULE, transitionDecodings } from '../specification/evaluation.ts';
import type { Vae } from '../vae.ts';
import { drawRowNoise, type NoiseSource } from './draws.ts';
import { fitGaussian, type FittedGaussian } from './fitted-gaussian.ts';
import { WeightSums, type LikelihoodEstimate } from './importance-sampling.ts';
import type { Advance, Subject } from './subject.ts';

/** Determines the chains' noise. The chains have their own streams. */
export type ChainNoise = Omit<NoiseSource, 'stream'>;

export interface PosteriorDensityOptions {
  /** Samples of each row's posterior: this many to fit the density, and as many again for the estimate. */
  readonly samples: number;
  readonly leapfrogSteps: number;
  /** Transitions before the first sample. They tune the step size. */
  readonly warmUp: number;
  /** Transitions between samples. */
  readonly thinning: number;
  readonly targetAcceptance: number;
}

/** Appendix D's setting: 50 samples, 4 leapfrog steps. */
export const POSTERIOR_DENSITY_DEFAULTS: PosteriorDensityOptions = {
  samples: 50,
  leapfrogSteps: 4,
  ...CHAIN_SCHEDULE,
  targetAcceptance: 0.9,
};

export interface PosteriorDensityEstimate extends Omit<LikelihoodEstimate, 'effectiveSampleSize'> {
  /** Share of accepted proposals after the warm-up. */
  readonly acceptance: number;
}

const FIRST_STEP_SIZE = 0.1;
/** Steps are shortened at random, down to this share, because trajectories of a fixed length may return to their start. */
const SHORTEST = 0.5;
/** Ratio of the step sizes after an accepted and a rejected proposal. */
const TUNING = 1.25;

/** One Gaussian with full covariance for each row, fitted to samples of p(z|x). */
export interface FittedPosteriors {
  readonly densities: readonly FittedGaussian[];
  readonly chain: PosteriorChain;
}

/** Samples p(z|x) by Hamiltonian Monte Carlo from `start` [rows, latent_size] and fits Gaussians. */
export async function fitPosteriors(
  subject: Subject,
  start: FloatArray,
  options: PosteriorDensityOptions,
  noise: ChainNoise,
  advance?: Advance,
): Promise<FittedPosteriors> {
  const chain = new PosteriorChain(subject, start, options, noise, advance);
  await chain.run(options.warmUp, { tune: true });
  const fitted = await chain.drawSamples(options.samples);
  return { densities: fitted.map(({ points }) => fitGaussian(points)), chain };
}

/**
 * Appendix D, for few latent dimensions. Samples p(z|x) by Hamiltonian Monte Carlo, fits a density q(z) (a Gaussian with
 * full covariance) to half of the samples, and estimates 1 / p(x) as the mean of q(z) / p(x, z) over the other half.
 * Chains start at `start` [rows, latent_size]. Returns log p(x) and its standard error, [rows]; the error assumes that
 * the samples are independent.
 */
export async function estimateByPosteriorDensity(
  subject: Subject,
  start: FloatArray,
  options: PosteriorDensityOptions,
  noise: ChainNoise,
  advance?: Advance,
): Promise<PosteriorDensityEstimate> {
  const { densities, chain } = await fitPosteriors(subject, start, options, noise, advance);
  const estimates = (await chain.drawSamples(options.samples)).map(({ points, logJoints }, row) => {
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

/** One chain for each row. Each has its own step size, because posteriors differ in width. */
export class PosteriorChain {
  readonly #subject: Subject;
  readonly #options: PosteriorDensityOptions;
  readonly #source: ChainNoise;
  readonly #advance: Advance | undefined;
  readonly #transition: TensorFunction;
  readonly #count: number;
  #z: FloatArray;
  #logJoint: Float32Array = new Float32Array();
  readonly #stepSizes: Float32Array;
  #transitions = 0;
  #accepted = 0;
  #proposed = 0;

  constructor(
    subject: Subject,
    start: FloatArray,
    options: PosteriorDensityOptions,
    noise: ChainNoise,
    advance?: Advance,
  ) {
    this.#subject = subject;
    this.#options = options;
    this.#source = noise;
    this.#advance = advance;
    this.#transition = defineTransition(subject.vae, options.leapfrogSteps);
    this.#count = subject.rows.shape[0] ?? 0;
    this.#z = start;
    this.#stepSizes = new Float32Array(this.#count).fill(FIRST_STEP_SIZE);
  }

  /** Share of accepted proposals after the warm-up. */
  get acceptance(): number {
    return this.#accepted / this.#proposed;
  }

  async run(transitions: number, { tune }: { readonly tune: boolean }): Promise<void> {
    for (let i = 0; i < transitions; i++) {
      const results = await this.#move();
      this.#z = getNamed(results, 'latents');
      this.#logJoint = getNamed(results, 'log_joint').data;
      const { data: accepted } = getNamed(results, 'accepted');
      if (tune) this.#tune(accepted);
      else {
        this.#accepted += accepted.reduce((sum, value) => sum + value, 0);
        this.#proposed += this.#count;
      }
      await this.#advance?.(this.#count * transitionDecodings(this.#options.leapfrogSteps));
    }
  }

  /** Changes the step sizes so that they settle where the target share of proposals is accepted. */
  #tune(accepted: Float32Array): void {
    const target = this.#options.targetAcceptance;
    accepted.forEach((taken, row) => {
      const size = this.#stepSizes[row] ?? FIRST_STEP_SIZE;
      this.#stepSizes[row] = size * TUNING ** (taken - target);
    });
  }

  async drawSamples(count: number): Promise<RowSamples[]> {
    const rows = Array.from({ length: this.#count }, (): RowSamples => ({ points: [], logJoints: [] }));
    const size = this.#subject.vae.latentSize;
    for (let i = 0; i < count; i++) {
      await this.run(this.#options.thinning, { tune: false });
      rows.forEach(({ points, logJoints }, row) => {
        points.push(Float64Array.from(this.#z.data.subarray(row * size, (row + 1) * size)));
        logJoints.push(this.#logJoint[row] ?? NaN);
      });
    }
    return rows;
  }

  #move(): Promise<FloatArrays> {
    const { functions, parameters, rows } = this.#subject;
    const moving = { rows, latents: this.#z, ...this.#drawNoise() };
    return functions.run(`hmc/${this.#options.leapfrogSteps}`, this.#transition, parameters, moving);
  }

  #drawNoise(): FloatArrays {
    const { vae } = this.#subject;
    const index = this.#transitions++;
    const momentum = { ...this.#source, stream: 'chainMomentum' } as const;
    const acceptance = { ...this.#source, stream: 'chainAcceptance' } as const;
    const jitter = drawRowNoise(fillUniform, { ...this.#source, stream: 'chainStepSize' }, index, [
      this.#count,
      1,
    ]);
    const sizes = jitter.data.map((u, row) => (this.#stepSizes[row] ?? 0) * (SHORTEST + (1 - SHORTEST) * u));
    return {
      step_size: { shape: [this.#count, 1], data: sizes },
      momentum: drawRowNoise(fillNormal, momentum, index, [this.#count, vae.latentSize]),
      acceptance: drawRowNoise(fillUniform, acceptance, index, [this.#count, 1]),
    };
  }
}

const defineTransition =
  (vae: Vae, leapfrogSteps: number): TensorFunction =>
  (inputs) => {
    const x = getNamed(inputs, 'rows');
    const logJoint = (z: Tensor) => tf.add(vae.decode(inputs, z).logProb(x), vae.prior(inputs).logProb(z));
    const noise = {
      momentum: getNamed(inputs, 'momentum'),
      acceptance: tf.reshape(getNamed(inputs, 'acceptance'), [-1]),
    };
    const start = getNamed(inputs, 'latents');
    const { z, accepted } = runHmcTransition(
      logJoint,
      start,
      noise,
      getNamed(inputs, 'step_size'),
      leapfrogSteps,
    );
    return { latents: z, accepted, log_joint: logJoint(z) };
  };
