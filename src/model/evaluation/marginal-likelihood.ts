import * as tf from '@tensorflow/tfjs';
import { getNamed } from '../named-arrays.ts';
import { fillUniform } from '../random/streams.ts';
import type { FloatArray, TensorFunction } from '../runtime/runtime.ts';
import { FITTED_SAMPLES, type MarginalMethod, type MarginalSpec } from '../specification.ts';
import type { Variant } from '../specification/schema.ts';
import { putDrawsFirst, toNoise, drawNoiseOfDraws, drawRowNoise, type NoiseSource } from './draws.ts';
import { estimateByFittedImportanceSampling } from './fitted-importance-sampling.ts';
import { estimateByImportanceSampling } from './importance-sampling.ts';
import {
  fitPosteriors,
  POSTERIOR_DENSITY_DEFAULTS,
  estimateByPosteriorDensity,
} from './posterior-density.ts';
import type { Vae } from '../vae.ts';
import { hasEncoder, type Advance, type Subject } from './subject.ts';

/** Estimates of log p(x) in nats, and their errors. */
export interface MarginalEstimate {
  readonly logMarginalLikelihood: Float64Array;
  readonly standardError: Float64Array;
  /** Only from importance sampling. */
  readonly effectiveSampleSize?: Float64Array;
  /** Only from methods with Markov chains. */
  readonly acceptance?: number;
}

type SpecOf<Method extends MarginalMethod> = Extract<MarginalSpec, { method: Method }>;
type Methods = {
  readonly [Method in MarginalMethod]: (
    subject: Subject,
    spec: SpecOf<Method>,
    noise: NoiseSource,
    advance?: Advance,
  ) => Promise<MarginalEstimate>;
};

const METHODS: Methods = {
  importance_sampling: (subject, { samples }, noise, advance) =>
    estimateByImportanceSampling(subject, samples, noise, advance),
  fitted_importance_sampling: async (subject, { samples, leapfrog_steps: leapfrogSteps }, noise, advance) => {
    const options = { ...POSTERIOR_DENSITY_DEFAULTS, samples: FITTED_SAMPLES, leapfrogSteps };
    const start = await findChainStart(subject, noise);
    const { densities, chain } = await fitPosteriors(subject, start, options, noise, advance);
    const estimate = await estimateByFittedImportanceSampling(subject, densities, samples, noise, advance);
    return { ...estimate, acceptance: chain.acceptance };
  },
  posterior_density: async (subject, { samples, leapfrog_steps: leapfrogSteps }, noise, advance) => {
    const options = { ...POSTERIOR_DENSITY_DEFAULTS, samples, leapfrogSteps };
    return estimateByPosteriorDensity(subject, await findChainStart(subject, noise), options, noise, advance);
  },
};

/** Estimates log p(x) of each row by the given method. */
export function estimateMarginalLikelihood<Method extends MarginalMethod>(
  subject: Subject,
  spec: Variant<MarginalSpec, 'method', Method>,
  noise: NoiseSource,
  advance?: Advance,
): Promise<MarginalEstimate> {
  const method: Method = spec.method;
  return METHODS[method](subject, spec, noise, advance);
}

/** Without an encoder, a chain starts from one of this many draws of the prior. They are scored in groups. */
const START_DRAWS = 512;
const STARTS_AT_ONCE = 16;

/**
 * Chains start at the center of q(z|x). Without an encoder they start at one of {@link START_DRAWS} draws z_k of the
 * prior, chosen with probability proportional to p(x|z_k) (Rubin 1988): a chain rarely leaves the mode it starts in.
 */
async function findChainStart(subject: Subject, noise: NoiseSource): Promise<FloatArray> {
  const { functions, vae, parameters, rows } = subject;
  if (!hasEncoder(parameters)) return resamplePrior(subject, noise);
  const centers = await functions.run(
    'chain_start',
    (inputs) => ({ z: vae.encode(inputs, getNamed(inputs, 'rows')).center() }),
    parameters,
    { rows },
  );
  return getNamed(centers, 'z');
}

/** Chooses in one pass: the k with the largest log p(x|z_k) + Gumbel noise is a draw with these weights. */
async function resamplePrior(
  { functions, vae, parameters, rows }: Subject,
  noise: NoiseSource,
): Promise<FloatArray> {
  const [count, size] = [rows.shape[0] ?? 0, vae.latentSize];
  const source = { ...noise, stream: 'chainStart' } as const;
  const chosen = { shape: [count, size], data: new Float32Array(count * size) };
  const best = new Float64Array(count).fill(-Infinity);
  for (let first = 0; first < START_DRAWS; first += STARTS_AT_ONCE) {
    const drawn = drawNoiseOfDraws(vae.noise.prior, source, { first, count: STARTS_AT_ONCE }, count);
    const results = await functions.run('prior_start', definePriorStart(vae), parameters, { rows, ...drawn });
    const [z, scores] = [getNamed(results, 'z').data, getNamed(results, 'log_likelihood').data];
    const choice = { ...source, stream: 'chainChoice' } as const;
    const gumbel = drawRowNoise(fillUniform, choice, first, [count, STARTS_AT_ONCE]).data;
    scores.forEach((score, i) => {
      const [row, key] = [Math.floor(i / STARTS_AT_ONCE), score - Math.log(-Math.log(gumbel[i] ?? NaN))];
      if (!(key > (best[row] ?? Infinity))) return;
      best[row] = key;
      chosen.data.set(z.subarray(i * size, (i + 1) * size), row * size);
    });
  }
  return chosen;
}

/** Draws z from the prior, [rows, draws, size], and scores log p(x|z), [rows, draws]. */
const definePriorStart =
  (vae: Vae): TensorFunction =>
  ({ normal, uniform, ...inputs }) => {
    const z = vae.prior(inputs).sample(putDrawsFirst(toNoise(normal, uniform)));
    const logLikelihood = vae.decode(inputs, z).logProb(getNamed(inputs, 'rows'));
    return { z: tf.transpose(z, [1, 0, 2]), log_likelihood: tf.transpose(logLikelihood) };
  };
