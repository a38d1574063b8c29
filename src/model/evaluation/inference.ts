import * as tf from '@tensorflow/tfjs';
import { sample, standardDeviation } from '../distributions/diagonal-gaussian.ts';
import { sgvb } from '../estimators/sgvb.ts';
import { fillNormal, streamKey, type Stream } from '../random/streams.ts';
import {
  sizeOf,
  type ArraySpecs,
  type CompiledFunction,
  type FloatArray,
  type FloatArrays,
  type Runtime,
  type TensorFunction,
  type Tensors,
} from '../runtime/runtime.ts';
import type { ModelSpec } from '../spec.ts';
import { createVae, type Vae } from '../vae.ts';

/** Rows are run in batches of these sizes, the last one padded: a handful of graphs serves any number of rows. */
const BATCH_SIZES = [1, 8, 64, 512] as const;

interface NoiseSource {
  readonly seed: number;
  readonly stream: Stream;
}

/** What a trained model answers, for rows as float32 values. Noise is keyed by (seed, draw), not by batch. */
export class Inference {
  readonly vae: Vae;
  readonly #runtime: Runtime;
  readonly #compiled = new Map<string, Promise<CompiledFunction>>();

  constructor(runtime: Runtime, model: ModelSpec, dataSize: number) {
    this.#runtime = runtime;
    this.vae = createVae(model, dataSize);
  }

  /** q(z|x): mean and standard_deviation [rows, latent_size]. */
  async encode(
    parameters: FloatArrays,
    rows: FloatArray,
  ): Promise<{ mean: FloatArray; standard_deviation: FloatArray }> {
    const { vae } = this;
    const fn: TensorFunction = ({ rows: x, ...rest }) => {
      const posterior = vae.encode(rest, asTensor(x));
      return { mean: posterior.mean, standard_deviation: standardDeviation(posterior.logVariance) };
    };
    const results = await this.#batched('encode', fn, parameters, { rows });
    return { mean: pick(results, 'mean'), standard_deviation: pick(results, 'standard_deviation') };
  }

  /** Draws from q(z|x): [draws, rows, latent_size]. */
  async draw(
    parameters: FloatArrays,
    rows: FloatArray,
    draws: number,
    noise: NoiseSource,
  ): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = ({ rows: x, noise: epsilon, ...rest }) => ({
      z: sample(vae.encode(rest, asTensor(x)), asTensor(epsilon)),
    });
    const parts: FloatArray[] = [];
    for (let i = 0; i < draws; i++) {
      const epsilon = this.#noise(noise, i, rows.shape[0] ?? 0);
      parts.push(pick(await this.#batched('draw', fn, parameters, { rows, noise: epsilon }), 'z'));
    }
    return stack(parts, [rows.shape[0] ?? 0, vae.latentSize]);
  }

  /** Expectation of x under p(x|z): [rows, data_size]. */
  async decode(parameters: FloatArrays, latents: FloatArray): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = ({ latents: z, ...rest }) => ({ mean: vae.decode(rest, asTensor(z)).mean() });
    return pick(await this.#batched('decode', fn, parameters, { latents }), 'mean');
  }

  /** Expectation of x under p(x|z) at the posterior mean of z: [rows, data_size]. */
  async reconstruct(parameters: FloatArrays, rows: FloatArray): Promise<FloatArray> {
    const { vae } = this;
    const fn: TensorFunction = ({ rows: x, ...rest }) => ({
      mean: vae.decode(rest, vae.encode(rest, asTensor(x)).mean).mean(),
    });
    return pick(await this.#batched('reconstruct', fn, parameters, { rows }), 'mean');
  }

  /** Draws z from the prior N(0, I): latents [count, latent_size] and their decoded means. */
  async sample(
    parameters: FloatArrays,
    count: number,
    noise: NoiseSource,
  ): Promise<{ latents: FloatArray; mean: FloatArray }> {
    const latents = this.#noise(noise, 0, count);
    return { latents, mean: await this.decode(parameters, latents) };
  }

  /** The bound by eq. 7 with L draws, in nats for each row: elbo = log_likelihood - kl_divergence, all [rows]. */
  async elbo(
    parameters: FloatArrays,
    rows: FloatArray,
    draws: number,
    noise: NoiseSource,
  ): Promise<{ elbo: FloatArray; log_likelihood: FloatArray; kl_divergence: FloatArray }> {
    const { vae } = this;
    const fn: TensorFunction = ({ rows: x, noise: epsilon, ...rest }) => {
      const terms = sgvb('sgvb_b', vae, rest, asTensor(x), tf.expandDims(asTensor(epsilon), 0));
      return { log_likelihood: terms.logLikelihood, kl_divergence: terms.klDivergence };
    };
    const count = rows.shape[0] ?? 0;
    const logLikelihood = new Float64Array(count);
    let kl = empty([count]);
    for (let i = 0; i < draws; i++) {
      const epsilon = this.#noise(noise, i, count);
      const results = await this.#batched('elbo', fn, parameters, { rows, noise: epsilon });
      pick(results, 'log_likelihood').data.forEach((value, row) => {
        logLikelihood[row] = (logLikelihood[row] ?? 0) + value / draws;
      });
      kl = pick(results, 'kl_divergence');
    }
    return {
      elbo: {
        shape: [count],
        data: Float32Array.from(logLikelihood, (value, row) => value - (kl.data[row] ?? 0)),
      },
      log_likelihood: { shape: [count], data: Float32Array.from(logLikelihood) },
      kl_divergence: kl,
    };
  }

  async dispose(): Promise<void> {
    const compiled = await Promise.all(this.#compiled.values());
    this.#compiled.clear();
    await Promise.all(compiled.map((fn) => fn.dispose()));
  }

  #noise({ seed, stream }: NoiseSource, draw: number, rows: number): FloatArray {
    const data = new Float32Array(rows * this.vae.latentSize);
    fillNormal(streamKey(seed, stream, draw), data);
    return { shape: [rows, this.vae.latentSize], data };
  }

  /** Runs `fn` over the leading axis of `rows`, batch by batch, and joins the results. */
  async #batched(
    name: string,
    fn: TensorFunction,
    parameters: FloatArrays,
    rows: FloatArrays,
  ): Promise<FloatArrays> {
    const count = Math.max(...Object.values(rows).map((array) => array.shape[0] ?? 0));
    const joined: Record<string, FloatArray> = {};
    for (const { start, used, size } of batchesOf(count)) {
      const batch = mapArrays(rows, (array) => window(array, start, used, size));
      const compiled = await this.#compile(`${name}/${size}`, fn, { ...parameters, ...batch });
      const results = await compiled.run({ ...parameters, ...batch });
      for (const [output, { shape, data }] of Object.entries(results)) {
        const row = sizeOf(shape.slice(1));
        joined[output] ??= empty([count, ...shape.slice(1)]);
        joined[output].data.set(data.subarray(0, used * row), start * row);
      }
    }
    return joined;
  }

  #compile(key: string, fn: TensorFunction, arrays: FloatArrays): Promise<CompiledFunction> {
    const known = this.#compiled.get(key);
    if (known) return known;
    const specs: ArraySpecs = Object.fromEntries(
      Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]),
    );
    const made = this.#runtime.compile(fn, specs);
    this.#compiled.set(key, made);
    return made;
  }
}

function batchesOf(count: number): { start: number; used: number; size: number }[] {
  const batches = [];
  for (let start = 0; start < count;) {
    const left = count - start;
    const size =
      BATCH_SIZES.find((candidate) => candidate >= left) ?? BATCH_SIZES[BATCH_SIZES.length - 1] ?? 1;
    const used = Math.min(left, size);
    batches.push({ start, used, size });
    start += used;
  }
  return batches;
}

function window({ shape, data }: FloatArray, start: number, used: number, size: number): FloatArray {
  const row = sizeOf(shape.slice(1));
  const values = data.subarray(start * row, (start + used) * row);
  if (used === size) return { shape: [size, ...shape.slice(1)], data: values };
  const padded = new Float32Array(size * row);
  padded.set(values);
  return { shape: [size, ...shape.slice(1)], data: padded };
}

function mapArrays(arrays: FloatArrays, fn: (array: FloatArray) => FloatArray): FloatArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, fn(array)]));
}

function stack(parts: readonly FloatArray[], shape: readonly number[]): FloatArray {
  const whole = empty([parts.length, ...shape]);
  parts.forEach((part, i) => {
    whole.data.set(part.data, i * sizeOf(shape));
  });
  return whole;
}

function empty(shape: readonly number[]): FloatArray {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

function pick(results: FloatArrays, name: string): FloatArray {
  return results[name] ?? empty([0]);
}

function asTensor(tensor: Tensors[string] | undefined): tf.Tensor {
  if (!tensor) throw new RangeError('an input is missing');
  return tensor;
}
