import { manifoldGrid, fillMedians, straightLine, traversals } from '../../model/evaluation/latent-paths.ts';
import { priorQuantile } from '../../model/distributions/latent.ts';
import type { Quantile } from '../../model/distributions/quantiles/quantile.ts';
import type { FloatArray, FloatArrays } from '../../model/runtime/runtime.ts';
import { isIndependent, LIMITS } from '../../model/specification.ts';
import type { InferenceRequest } from './request.ts';

/** Operations that decode points chosen to show the latent space. Which models have them is for the API to say. */

export async function manifold(request: InferenceRequest): Promise<FloatArrays> {
  return decoded(request, manifoldGrid(quantileOf(request), request.count));
}

export async function traversal(request: InferenceRequest): Promise<FloatArrays> {
  const { inference, parameters, rows, payload, count } = request;
  const { latentSize } = inference.vae;
  const { dimension } = payload;
  const quantile = quantileOf(request);
  const encoded = rows.shape[0] === 0 ? null : await inference.encode(parameters, rows);
  const base = encoded?.mean.data ?? fillMedians(quantile, latentSize);
  const all = Array.from({ length: Math.min(latentSize, LIMITS.traversedLatents) }, (_, i) => i);
  const dimensions = dimension === undefined ? all : [dimension];
  return {
    base: { shape: [1, latentSize], data: base },
    dimensions: { shape: [dimensions.length], data: Float32Array.from(dimensions) },
    ...(await decoded(request, traversals(quantile, base, dimensions, count))),
  };
}

/** Between the means of q(z|x) of two rows. */
export async function interpolate(request: InferenceRequest): Promise<FloatArrays> {
  const { inference, parameters, rows, count } = request;
  const { latentSize } = inference.vae;
  const { data } = (await inference.encode(parameters, rows)).mean;
  const [from, to] = [data.subarray(0, latentSize), data.subarray(latentSize)];
  return decoded(request, straightLine(from, to, count));
}

async function decoded(
  { inference, parameters }: InferenceRequest,
  latents: FloatArray,
): Promise<FloatArrays> {
  return { latents, mean: await inference.decode(parameters, latents) };
}

function quantileOf({ record }: InferenceRequest): Quantile {
  const { prior } = record.model;
  if (!isIndependent(prior)) throw new RangeError(`a ${prior.family} prior has no quantiles`);
  return priorQuantile(prior);
}
