import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { named } from '../optimizers/optimizer.ts';
import { fillNormal, fillUniform } from '../random/streams.ts';
import type { FloatArray, FloatArrays, TensorFunction } from '../runtime/runtime.ts';
import { hmcTransition } from '../sampling/hmc.ts';
import { CHAIN_SCHEDULE, transitionDecodings } from '../spec/evaluation.ts';
import type { Vae } from '../vae.ts';
import { pick } from './batches.ts';
import { rowNoise, type NoiseSource } from './draws.ts';
import { fitGaussian } from './fitted-gaussian.ts';
import { WeightSums, type LikelihoodEstimate } from './importance-sampling.ts';
import type { Advance, Subject } from './subject.ts';

/** What the chains' noise is keyed by; its streams are the chains' own. */
export type ChainNoise = Omit<NoiseSource, 'stream'>;

export interface PosteriorDensityOptions {
  /** Samples of each row's posterior that the density is fitted to, and as many that the estimate is made of. */
  readonly samples: number;
  readonly leapfrogSteps: number;
  /** Transitions before the first sample, in which the step size is tuned. */
  readonly warmUp: number;
  /** Transitions from sample to sample. */
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
  /** Share of the proposals after the warm-up that was accepted. */
  readonly acceptance: number;
}

const FIRST_STEP_SIZE = 0.1;
const GAIN = { first: 2, halved_after: 20 } as const;

/**
 * Appendix D, for few latent dimensions: samples of p(z|x) by Hamiltonian Monte Carlo, a density q(z) (a Gaussian with full
 * covariance) fitted to half of them, and 1 / p(x) estimated as the mean of q(z) / p(x, z) over the other half. Chains start
 * at `start` [rows, latent_size]. Gives log p(x) and its standard error (samples taken as independent), [rows].
 */
export async function posteriorDensityEstimate(
  subject: Subject,
  start: FloatArray,
  options: PosteriorDensityOptions,
  noise: ChainNoise,
  advance?: Advance,
): Promise<PosteriorDensityEstimate> {
  const chain = new Chain(subject, start, options, noise, advance);
  await chain.warmUp(options.warmUp);
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

/**
 * One chain for each row, each with a step size of its own: posteriors differ in width from row to row, and a step that suits
 * most rows leaves the chains of the narrowest where they began.
 */
class Chain {
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
    this.#transition = transition(subject.vae, options.leapfrogSteps);
    this.#count = subject.rows.shape[0] ?? 0;
    this.#stepSizes = new Float32Array(this.#count).fill(FIRST_STEP_SIZE);
    this.#z = start;
  }

  /** Share of the proposals after the warm-up that was accepted. */
  get acceptance(): number {
    return this.#accepted / this.#proposed;
  }

  async run(transitions: number): Promise<void> {
    for (let i = 0; i < transitions; i++) {
      const accepted = await this.#move();
      this.#accepted += accepted.reduce((sum, value) => sum + value, 0);
      this.#proposed += this.#count;
    }
  }

  /**
   * Finds each row's step size by Robbins & Monro 1951: the logarithm moves by gain * (accepted - target), the gain falling.
   * It goes on jumping about the right one, so the mean over the second half is what is kept.
   */
  async warmUp(transitions: number): Promise<void> {
    const logs = Float64Array.from(this.#stepSizes, Math.log);
    const means = new Float64Array(this.#count);
    const averaged = Math.ceil(transitions / 2);
    for (let i = 0; i < transitions; i++) {
      const gain = GAIN.first / (1 + i / GAIN.halved_after);
      const accepted = await this.#move();
      accepted.forEach((value, row) => {
        const log = (logs[row] ?? NaN) + gain * (value - this.#options.targetAcceptance);
        logs[row] = log;
        if (i >= transitions - averaged) means[row] = (means[row] ?? NaN) + log / averaged;
      });
      this.#stepSizes.set(logs.map(Math.exp));
    }
    if (averaged > 0) this.#stepSizes.set(means.map(Math.exp));
  }

  async samples(count: number): Promise<RowSamples[]> {
    const rows = Array.from({ length: this.#count }, (): RowSamples => ({ points: [], logJoints: [] }));
    const size = this.#subject.vae.latentSize;
    for (let i = 0; i < count; i++) {
      await this.run(this.#options.thinning);
      rows.forEach(({ points, logJoints }, row) => {
        points.push(Float64Array.from(this.#z.data.subarray(row * size, (row + 1) * size)));
        logJoints.push(this.#logJoint[row] ?? NaN);
      });
    }
    return rows;
  }

  /** One transition of every chain; gives which were accepted, 1 or 0. */
  async #move(): Promise<Float32Array> {
    const { functions, parameters, rows } = this.#subject;
    const factor = jitter(this.#transitions);
    const stepSizes = { shape: [this.#count, 1], data: this.#stepSizes.map((size) => factor * size) };
    const moving = { rows, latents: this.#z, step_sizes: stepSizes, ...this.#noise() };
    const { leapfrogSteps } = this.#options;
    const results = await functions.run(`hmc/${leapfrogSteps}`, this.#transition, parameters, moving);
    this.#z = pick(results, 'latents');
    this.#logJoint = pick(results, 'log_joint').data;
    await this.#advance?.(this.#count * transitionDecodings(leapfrogSteps));
    return pick(results, 'accepted').data;
  }

  #noise(): FloatArrays {
    const { vae } = this.#subject;
    const index = this.#transitions++;
    const momentum = { ...this.#source, stream: 'chainMomentum' } as const;
    const acceptance = { ...this.#source, stream: 'chainAcceptance' } as const;
    return {
      momentum: rowNoise(fillNormal, momentum, index, [this.#count, vae.latentSize]),
      acceptance: rowNoise(fillUniform, acceptance, index, [this.#count, 1]),
    };
  }
}

/**
 * Steps of one length can turn a trajectory back to where it began, time after time: lengths between 1/2 and 3/2 of the step
 * size do not. They follow the golden ratio, whatever the chain does.
 */
const jitter = (transition: number): number => 0.5 + ((transition * 0.618033988749895) % 1);

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
    const { z, accepted } = hmcTransition(logJoint, start, noise, named(inputs, 'step_sizes'), leapfrogSteps);
    return { latents: z, accepted, log_joint: logJoint(z) };
  };
