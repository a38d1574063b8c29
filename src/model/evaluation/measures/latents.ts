import { getNamed } from '../../named-arrays.ts';
import { dimensionKl, type DimensionKl } from '../../distributions/dimensions.ts';
import type { FloatArray, TensorFunction } from '../../runtime/runtime.ts';
import { ACTIVE_THRESHOLD, LATENT_DRAWS } from '../../specification.ts';
import { toNoise, drawNoise } from '../draws.ts';
import { Moments } from '../moments.ts';
import type { Measure, MeasureContext } from './measure.ts';

/**
 * How much each latent dimension is used: its mean divergence, and the variance of the mean of q(z_j|x), both over rows.
 * A dimension is active if that variance is above 0.01 (Burda et al. 2016, 5.2).
 */
export const latents: Measure<'latents'> = async (context) => {
  const { vae, model, rows, seed } = context;
  const divergence = dimensionKl(model.posterior, model.prior);
  const draws = divergence.method === 'closed_form' ? 1 : LATENT_DRAWS;
  const dimensions = Array.from({ length: vae.latentSize }, () => ({
    kl: new Moments(),
    mean: new Moments(),
  }));
  for await (const { values, numbers } of rows.batches()) {
    const count = numbers.length;
    for (let draw = 0; draw < draws; draw++) {
      const source = { seed, stream: 'evaluation', rows: numbers } as const;
      const noise = draws > 1 ? drawNoise(vae.noise.posterior, source, draw, count) : {};
      const fn = describeDimensions(context, divergence);
      const results = await context.functions.run('latents', fn, context.parameters, {
        rows: values,
        ...noise,
      });
      visitColumns(getNamed(results, 'kl'), (j, value) => dimensions[j]?.kl.add(value));
      if (draw === 0) visitColumns(getNamed(results, 'center'), (j, value) => dimensions[j]?.mean.add(value));
      await context.advance(count);
    }
  }
  const reported = dimensions.map(({ kl, mean }) => ({
    kl_divergence: kl.mean,
    variance_of_mean: mean.variance,
    active: mean.variance > ACTIVE_THRESHOLD,
  }));
  return {
    latents: {
      active_units: reported.filter(({ active }) => active).length,
      threshold: ACTIVE_THRESHOLD,
      method: divergence.method,
      dimensions: reported,
    },
  };
};

function describeDimensions({ vae }: MeasureContext, divergence: DimensionKl): TensorFunction {
  return (inputs) => {
    const { normal, uniform, ...parameters } = inputs;
    const posterior = vae.encode(parameters, getNamed(inputs, 'rows'));
    const kl =
      divergence.method === 'closed_form'
        ? divergence.of(posterior, vae.prior(parameters))
        : divergence.of(posterior, vae.prior(parameters), posterior.sample(toNoise(normal, uniform)));
    return { kl, center: posterior.center() };
  };
}

function visitColumns({ shape, data }: FloatArray, use: (column: number, value: number) => void): void {
  const width = shape[1] ?? 1;
  data.forEach((value, i) => {
    use(i % width, value);
  });
}
