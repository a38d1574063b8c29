import {
  createManifoldGrid,
  fillMedians,
  createLine,
  createTraversals,
} from '../../model/evaluation/latent-paths.ts';
import { priorQuantile } from '../../model/distributions/latent.ts';
import type { Quantile } from '../../model/distributions/quantiles/quantile.ts';
import type { FloatArray } from '../../model/runtime/runtime.ts';
import { isIndependent, LIMITS } from '../../model/specification.ts';
import { toIndices, toMatrix, toVector, type Matrix } from '../../queue/arrays.ts';
import { readRows } from './dataset-rows.ts';
import { always, keyNoise, never, type Runner, type InferenceSubject } from './operation.ts';

/** Operations that choose points of the latent space and decode them. The API decides which models support them. */

export const sample: Runner<'sample'> = {
  needsEncoder: never,
  run: async ({ inference, parameters }, { samples, seed, drawData }) => {
    const noise = keyNoise({ seed });
    const { latents, mean } = await inference.sample(parameters, samples, noise);
    const drawn = { latents: toMatrix(latents), mean: toMatrix(mean) };
    if (!drawData) return drawn;
    return { ...drawn, data: toMatrix(await inference.drawData(parameters, latents, noise)) };
  },
};

export const manifold: Runner<'manifold'> = {
  needsEncoder: never,
  run: (subject, { size }) => decodePoints(subject, createManifoldGrid(findQuantile(subject), size)),
};

export const traversal: Runner<'traversal'> = {
  needsEncoder: ({ datasetRow }) => datasetRow !== undefined,
  run: async (subject, { steps, dimension, datasetRow }) => {
    const { latentSize } = subject.inference.vae;
    const quantile = findQuantile(subject);
    const base =
      datasetRow === undefined ? fillMedians(quantile, latentSize) : await encodeRows(subject, [datasetRow]);
    const all = Array.from({ length: Math.min(latentSize, LIMITS.traversedLatents) }, (_, i) => i);
    const dimensions = dimension === undefined ? all : [dimension];
    return {
      base: toVector({ shape: [latentSize], data: base }),
      dimensions: toIndices(dimensions),
      ...(await decodePoints(subject, createTraversals(quantile, base, dimensions, steps))),
    };
  },
};

/** Decodes the line between the means of q(z|x) of two rows. */
export const interpolate: Runner<'interpolate'> = {
  needsEncoder: always,
  run: async (subject, { from, to, steps }) => {
    const { latentSize } = subject.inference.vae;
    const means = await encodeRows(subject, [from, to]);
    const [start, end] = [means.subarray(0, latentSize), means.subarray(latentSize)];
    return decodePoints(subject, createLine(start, end, steps));
  },
};

/** The means of q(z|x) of rows of the data set. */
async function encodeRows(
  { inference, parameters, datasets, record }: InferenceSubject,
  indices: readonly number[],
) {
  const rows = await readRows(datasets, record, indices);
  return (await inference.encode(parameters, rows)).mean.data;
}

async function decodePoints(
  { inference, parameters }: InferenceSubject,
  latents: FloatArray,
): Promise<{ latents: Matrix; mean: Matrix }> {
  return { latents: toMatrix(latents), mean: toMatrix(await inference.decode(parameters, latents)) };
}

function findQuantile({ record }: InferenceSubject): Quantile {
  const { prior } = record.model;
  if (!isIndependent(prior)) throw new RangeError(`a ${prior.family} prior has no quantiles`);
  return priorQuantile(prior);
}
