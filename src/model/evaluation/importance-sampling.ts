import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import type { TensorFunction } from '../runtime/runtime.ts';
import type { Vae } from '../vae.ts';
import { putDrawsFirst, toNoise, drawNoiseOfDraws, type NoiseSource } from './draws.ts';
import type { Advance, Subject } from './subject.ts';

/** Draws per row that one call of the graph makes. */
const DRAWS_AT_ONCE = 16;

export interface LikelihoodEstimate {
  /** Estimates of log p(x) in nats, [rows]. */
  readonly logMarginalLikelihood: Float64Array;
  /** Standard errors of the estimates, by the delta method, [rows]. */
  readonly standardError: Float64Array;
  /** (sum w)^2 / sum w^2 over all draws, [rows]. */
  readonly effectiveSampleSize: Float64Array;
}

/**
 * Estimates log p(x) by importance sampling with q(z|x) as proposal: log (1/K) sum_k p(x, z_k) / q(z_k|x). Its
 * expectation is a lower bound that rises to log p(x) as K grows.
 */
export async function estimateByImportanceSampling(
  { functions, vae, parameters, rows }: Subject,
  draws: number,
  noise: NoiseSource,
  advance?: Advance,
): Promise<LikelihoodEstimate> {
  const count = rows.shape[0] ?? 0;
  const sums = Array.from({ length: count }, () => new WeightSums());
  for (let first = 0; first < draws;) {
    const size = draws - first >= DRAWS_AT_ONCE ? DRAWS_AT_ONCE : 1;
    const drawn = drawNoiseOfDraws(vae.noise.posterior, noise, { first, count: size }, count);
    const results = await functions.run(`log_weight/${size}`, defineLogWeights(vae), parameters, {
      rows,
      ...drawn,
    });
    const { data } = getNamed(results, 'log_weight');
    data.forEach((value, i) => sums[Math.floor(i / size)]?.add(value));
    first += size;
    await advance?.(count * size);
  }
  return {
    logMarginalLikelihood: Float64Array.from(sums, (sum) => sum.logMean),
    standardError: Float64Array.from(sums, (sum) => sum.standardError),
    effectiveSampleSize: Float64Array.from(sums, (sum) => sum.effectiveSampleSize),
  };
}

/** log p(x, z) - log q(z|x) of each draw, [rows, draws]. */
const defineLogWeights =
  (vae: Vae): TensorFunction =>
  (inputs) => {
    const { normal, uniform, ...parameters } = inputs;
    const x = getNamed(inputs, 'rows');
    const posterior = vae.encode(parameters, x);
    const z = posterior.sample(putDrawsFirst(toNoise(normal, uniform)));
    const logJoint = tf.add(vae.decode(parameters, z).logProb(x), vae.prior(parameters).logProb(z));
    return { log_weight: tf.transpose(tf.sub(logJoint, posterior.logProb(z))) };
  };

/** Sums of w and w^2, scaled by the largest weight. Takes log w. */
export class WeightSums {
  #largest = -Infinity;
  #sum = 0;
  #squares = 0;
  #count = 0;

  add(logWeight: number): void {
    this.#count += 1;
    if (logWeight > this.#largest) {
      const scale = Math.exp(this.#largest - logWeight);
      this.#sum *= scale;
      this.#squares *= scale * scale;
      this.#largest = logWeight;
    }
    const weight = Math.exp(logWeight - this.#largest);
    this.#sum += weight;
    this.#squares += weight * weight;
  }

  get logMean(): number {
    return this.#largest + Math.log(this.#sum / this.#count);
  }

  get effectiveSampleSize(): number {
    return this.#sum ** 2 / this.#squares;
  }

  /** Standard error of {@link logMean}: sqrt(var(w) / K) / mean(w). */
  get standardError(): number {
    const relative = this.#squares / this.#sum ** 2 - 1 / this.#count;
    return Math.sqrt(Math.max(0, relative) * (this.#count / Math.max(1, this.#count - 1)));
  }
}
