import { named } from '../optimizers/optimizer.ts';
import type { FloatArray } from '../runtime/runtime.ts';
import { FITTED_SAMPLES, type MarginalMethod, type MarginalSpec } from '../spec.ts';
import { pick } from './batches.ts';
import { noiseOf, noiseOfDraw, type NoiseSource } from './draws.ts';
import { fittedImportanceSampled } from './fitted-importance-sampling.ts';
import { importanceSampled } from './importance-sampling.ts';
import {
  fittedPosteriors,
  POSTERIOR_DENSITY_DEFAULTS,
  posteriorDensityEstimate,
} from './posterior-density.ts';
import { hasEncoder, type Advance, type Subject } from './subject.ts';

/** Estimates of log p(x) in nats and what is known of their errors. */
export interface MarginalEstimate {
  readonly logMarginalLikelihood: Float64Array;
  readonly standardError: Float64Array;
  /** Of importance sampling. */
  readonly effectiveSampleSize?: Float64Array;
  /** Of the posterior's chains. */
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
    importanceSampled(subject, samples, noise, advance),
  fitted_importance_sampling: async (subject, { samples, leapfrog_steps: leapfrogSteps }, noise, advance) => {
    const options = { ...POSTERIOR_DENSITY_DEFAULTS, samples: FITTED_SAMPLES, leapfrogSteps };
    const start = await chainStart(subject, noise);
    const { densities, chain } = await fittedPosteriors(subject, start, options, noise, advance);
    const estimate = await fittedImportanceSampled(subject, densities, samples, noise, advance);
    return { ...estimate, acceptance: chain.acceptance };
  },
  posterior_density: async (subject, { samples, leapfrog_steps: leapfrogSteps }, noise, advance) => {
    const options = { ...POSTERIOR_DENSITY_DEFAULTS, samples, leapfrogSteps };
    return posteriorDensityEstimate(subject, await chainStart(subject, noise), options, noise, advance);
  },
};

/** log p(x) of each row by the method asked for. */
export function marginalLikelihood(
  subject: Subject,
  spec: MarginalSpec,
  noise: NoiseSource,
  advance?: Advance,
): Promise<MarginalEstimate> {
  return METHODS[spec.method](subject, spec as never, noise, advance);
}

/** Where chains begin: at the center of q(z|x), or without an encoder at a draw from the prior. */
async function chainStart(subject: Subject, noise: NoiseSource): Promise<FloatArray> {
  const { functions, vae, parameters, rows } = subject;
  if (hasEncoder(parameters)) {
    const centers = await functions.run(
      'chain_start',
      (inputs) => ({ z: vae.encode(inputs, named(inputs, 'rows')).center() }),
      parameters,
      { rows },
    );
    return pick(centers, 'z');
  }
  const drawn = noiseOfDraw(vae.noise.prior, { ...noise, stream: 'chainStart' }, 0, rows.shape[0] ?? 0);
  const draws = await functions.run(
    'prior',
    ({ normal, uniform }) => ({ z: vae.prior().sample(noiseOf(normal, uniform)) }),
    {},
    drawn,
  );
  return pick(draws, 'z');
}
