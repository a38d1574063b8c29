import { getNamed } from '../named-arrays.ts';
import { lowerBound } from '../estimators/lower-bound.ts';
import type { TensorFunction } from '../runtime/runtime.ts';
import { toOneDraw, toNoise, drawNoise, type NoiseSource } from './draws.ts';
import { Moments } from './moments.ts';
import type { Advance, Subject } from './subject.ts';

export interface BoundOfRow {
  /** Over the draws of this row. */
  readonly elbo: Moments;
  readonly logLikelihood: Moments;
  readonly klDivergence: Moments;
}

/** The bound of each row in nats from L draws, by eq. 7 (eq. 6 without a closed form). */
export async function estimateBound(
  { functions, vae, parameters, rows }: Subject,
  draws: number,
  noise: NoiseSource,
  advance?: Advance,
): Promise<BoundOfRow[]> {
  const fn: TensorFunction = (inputs) => {
    const { normal, uniform, ...rest } = inputs;
    const given = toOneDraw(toNoise(normal, uniform));
    const terms = lowerBound({ vae, parameters: rest, x: getNamed(inputs, 'rows'), noise: given });
    return { log_likelihood: terms.logLikelihood, kl_divergence: terms.klDivergence };
  };
  const count = rows.shape[0] ?? 0;
  const bounds = Array.from({ length: count }, (): BoundOfRow => ({
    elbo: new Moments(),
    logLikelihood: new Moments(),
    klDivergence: new Moments(),
  }));
  for (let draw = 0; draw < draws; draw++) {
    const drawn = drawNoise(vae.noise.posterior, noise, draw, count);
    const results = await functions.run('elbo', fn, parameters, { rows, ...drawn });
    const [likelihoods, divergences] = [
      getNamed(results, 'log_likelihood'),
      getNamed(results, 'kl_divergence'),
    ];
    bounds.forEach((bound, row) => {
      const [likelihood, divergence] = [likelihoods.data[row] ?? NaN, divergences.data[row] ?? NaN];
      bound.elbo.add(likelihood - divergence);
      bound.logLikelihood.add(likelihood);
      bound.klDivergence.add(divergence);
    });
    await advance?.(count);
  }
  return bounds;
}
