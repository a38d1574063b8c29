import type { Noise } from '../distributions/distribution.ts';
import { addPrefix, getNamed, stripPrefix } from '../named-arrays.ts';
import {
  countElements,
  type FloatArray,
  type FloatArrays,
  type Runtime,
  type TensorFunction,
  type Tensors,
} from '../runtime/runtime.ts';
import type { MarginalSpec, ModelSpec, Shape } from '../specification.ts';
import { scoreRows, type ScoredRow, type ScoreOrder } from '../scoring/score-rows.ts';
import { weighRows, type WeighedRow, type WeighOrder } from '../scoring/weigh-rows.ts';
import { createVae, type Vae } from '../vae.ts';
import { BatchedFunctions, createEmpty } from './batches.ts';
import { estimateBound, type BoundOfRow } from './bound.ts';
import { drawCounts } from './counts.ts';
import { toNoise, drawNoise, type NoiseSource } from './draws.ts';
import { limitToRanges } from './ranges.ts';
import { estimateMarginalLikelihood, type MarginalEstimate } from './marginal-likelihood.ts';

/** Noise of x uses this draw number; noise of z uses 0, 1, ... */
const DATA_DRAW = 2 ** 32;

/** Inference with a trained model on rows of float32 values. (seed, draw) determine the noise; batches do not. */
export class Inference {
  readonly vae: Vae;
  readonly #functions: BatchedFunctions;
  readonly #model: ModelSpec;

  private constructor(vae: Vae, model: ModelSpec, functions: BatchedFunctions) {
    this.vae = vae;
    this.#model = model;
    this.#functions = functions;
  }

  static of(runtime: Runtime, model: ModelSpec, rowShape: Shape): Inference {
    return new Inference(createVae(model, rowShape), model, new BatchedFunctions(runtime));
  }

  /** For calls with these parameters alone. */
  static ofParameters(
    runtime: Runtime,
    model: ModelSpec,
    rowShape: Shape,
    parameters: FloatArrays,
  ): Inference {
    return new Inference(createVae(model, rowShape), model, BatchedFunctions.of(runtime, parameters));
  }

  /** The same, but calls `before` before each batch. If it throws, the work ends. */
  withCheck(before: () => void): Inference {
    return new Inference(this.vae, this.#model, this.#functions.withCheck(before));
  }

  /** q(z|x): mean and standard_deviation, [rows, latent_size]. A family without moments gives the median and NaN. */
  async encode(
    parameters: FloatArrays,
    rows: FloatArray,
  ): Promise<{ mean: FloatArray; standard_deviation: FloatArray }> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => {
      const posterior = vae.encode(inputs, getNamed(inputs, 'rows'));
      return { mean: posterior.center(), standard_deviation: posterior.standardDeviation() };
    };
    const results = await this.#functions.run('encode', fn, parameters, { rows });
    return { mean: getNamed(results, 'mean'), standard_deviation: getNamed(results, 'standard_deviation') };
  }

  /** Draws from q(z|x): [draws, rows, latent_size]. */
  async draw(
    parameters: FloatArrays,
    rows: FloatArray,
    draws: number,
    noise: NoiseSource,
  ): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => ({
      z: vae.encode(inputs, getNamed(inputs, 'rows')).sample(readNoise(inputs)),
    });
    const parts: FloatArray[] = [];
    for (let i = 0; i < draws; i++) {
      const drawn = drawNoise(vae.noise.posterior, noise, i, rows.shape[0] ?? 0);
      parts.push(getNamed(await this.#functions.run('draw', fn, parameters, { rows, ...drawn }), 'z'));
    }
    return stack(parts, [rows.shape[0] ?? 0, vae.latentSize]);
  }

  /** Expectation of x under p(x|z): [rows, data_size]. */
  async decode(parameters: FloatArrays, latents: FloatArray): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => ({
      mean: vae.decode(inputs, getNamed(inputs, 'latents')).mean(),
    });
    return getNamed(await this.#functions.run('decode', fn, parameters, { latents }), 'mean');
  }

  /** Expectation of x under p(x|z) at the center of q(z|x): [rows, data_size]. */
  async reconstruct(parameters: FloatArrays, rows: FloatArray): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => ({
      mean: vae.decode(inputs, vae.encode(inputs, getNamed(inputs, 'rows')).center()).mean(),
    });
    return getNamed(await this.#functions.run('reconstruct', fn, parameters, { rows }), 'mean');
  }

  /** Draws z from the prior and decodes it: latents [count, latent_size] and the means, within the ranges of their columns. */
  async sample(
    parameters: FloatArrays,
    count: number,
    noise: NoiseSource,
  ): Promise<{ latents: FloatArray; mean: FloatArray }> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => ({
      z: vae.prior(inputs).sample(readNoise(inputs)),
    });
    const drawn = drawNoise(vae.noise.prior, noise, 0, count);
    const own = addPrefix(stripPrefix(parameters, 'prior.'), 'prior.');
    const latents = getNamed(await this.#functions.run('prior', fn, own, drawn), 'z');
    const mean = await this.decode(parameters, latents);
    return { latents, mean: limitToRanges(this.#model.likelihood, mean) };
  }

  /** A draw of x from p(x|z) for each z, within the ranges of its columns: [rows, data_size]. */
  async drawData(parameters: FloatArrays, latents: FloatArray, noise: NoiseSource): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => ({
      x: vae.decode(inputs, getNamed(inputs, 'latents')).sample(readNoise(inputs)),
    });
    const drawn = drawNoise(vae.noise.data, noise, DATA_DRAW, latents.shape[0] ?? 0);
    const results = await this.#functions.run('data', fn, parameters, { latents, ...drawn });
    const { likelihood } = this.#model;
    return limitToRanges(likelihood, drawCounts(likelihood, getNamed(results, 'x'), noise));
  }

  /**
   * The terms of log p(x|z), [rows, columns], one for each element or one-hot group. They are averaged over the draws that
   * {@link elbo} makes with the same noise. Terms of missing values are 0.
   */
  async logLikelihoodByColumn(
    parameters: FloatArrays,
    rows: FloatArray,
    draws: number,
    noise: NoiseSource,
  ): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = (inputs) => {
      const x = getNamed(inputs, 'rows');
      const z = vae.encode(inputs, x).sample(readNoise(inputs));
      return { terms: vae.decode(inputs, z).logProbByColumn(x) };
    };
    let sums = new Float64Array();
    let shape: readonly number[] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const drawn = drawNoise(vae.noise.posterior, noise, i, rows.shape[0] ?? 0);
      const terms = getNamed(
        await this.#functions.run('by column', fn, parameters, { rows, ...drawn }),
        'terms',
      );
      if (i === 0) [shape, sums] = [terms.shape, new Float64Array(terms.data.length)];
      addShare(sums, terms, draws);
    }
    return { shape, data: Float32Array.from(sums) };
  }

  /** The bound of each row from L draws, in nats, and its standard error (NaN for one draw), all [rows]. */
  async elbo(
    parameters: FloatArrays,
    rows: FloatArray,
    draws: number,
    noise: NoiseSource,
  ): Promise<Record<'elbo' | 'log_likelihood' | 'kl_divergence' | 'standard_error', FloatArray>> {
    const subject = { functions: this.#functions, vae: this.vae, parameters, rows };
    const bounds = await estimateBound(subject, draws, noise);
    const vector = (value: (bound: BoundOfRow) => number): FloatArray => ({
      shape: [bounds.length],
      data: Float32Array.from(bounds, value),
    });
    return {
      elbo: vector(({ elbo }) => elbo.mean),
      log_likelihood: vector(({ logLikelihood }) => logLikelihood.mean),
      kl_divergence: vector(({ klDivergence }) => klDivergence.mean),
      standard_error: vector(({ elbo }) => elbo.standardError),
    };
  }

  /** Estimates log p(x) of each row in nats, and its error. */
  marginalLikelihood(
    parameters: FloatArrays,
    rows: FloatArray,
    spec: MarginalSpec,
    noise: NoiseSource,
  ): Promise<MarginalEstimate> {
    return estimateMarginalLikelihood(
      { functions: this.#functions, vae: this.vae, parameters, rows },
      spec,
      noise,
    );
  }

  /** Calls `visit` with the score of each row in turn; columns and details say what else the row has. */
  scoreRows(
    parameters: FloatArrays,
    rows: FloatArray,
    wanted: Pick<ScoreOrder, 'columns' | 'details'>,
    visit: (row: ScoredRow) => void,
  ): Promise<void> {
    const subject = { functions: this.#functions, vae: this.vae, parameters, rows };
    return scoreRows({ subject, model: this.#model, ...wanted }, visit);
  }

  /** Calls `visit` with weighted draws of p(z|what is known of a row) for each row in turn. */
  weighRows(
    parameters: FloatArrays,
    rows: FloatArray,
    wanted: Pick<WeighOrder, 'details' | 'rounds'>,
    visit: (row: WeighedRow) => void,
  ): Promise<void> {
    const subject = { functions: this.#functions, vae: this.vae, parameters, rows };
    return weighRows({ subject, model: this.#model, ...wanted }, visit);
  }

  dispose(): Promise<void> {
    return this.#functions.dispose();
  }
}

function addShare(sums: Float64Array, { data }: FloatArray, draws: number): void {
  data.forEach((value, row) => {
    sums[row] = (sums[row] ?? 0) + value / draws;
  });
}

function stack(parts: readonly FloatArray[], shape: readonly number[]): FloatArray {
  const whole = createEmpty([parts.length, ...shape]);
  parts.forEach((part, i) => {
    whole.data.set(part.data, i * countElements(shape));
  });
  return whole;
}

function readNoise(inputs: Tensors): Noise {
  return toNoise(inputs['normal'], inputs['uniform']);
}
