import type { Calls } from './calls.ts';
import { shufflePixels, turnUpsideDown, type PixelRows } from './test-images.ts';

/** Draws of z per score. */
export const DRAWS = 100;

/** Scores of changed images, compared with the originals. */
export interface Comparison {
  readonly bound: number;
  /** Number of images that score lower than their original. */
  readonly lower: number;
}

/** The bound as an anomaly score: images like the training images score high, others low. */
export interface Scores {
  readonly images: number;
  readonly bound: number;
  readonly upsideDown: Comparison;
  readonly shuffled: Comparison;
}

export async function scoreImages(calls: Calls, modelId: string, images: PixelRows): Promise<Scores> {
  const elbo = async (spoilt: PixelRows) => {
    const data = spoilt.map((row) => [...row]);
    return calls.elbo({ model_id: modelId, data, samples: DRAWS });
  };
  const usual = await elbo(images);
  const compare = async (spoilt: PixelRows): Promise<Comparison> => {
    const { mean, elbo: bounds } = await elbo(spoilt);
    const lower = bounds.filter((bound, i) => (bound ?? NaN) < (usual.elbo[i] ?? NaN)).length;
    return { bound: mean.elbo, lower };
  };
  return {
    images: images.length,
    bound: usual.mean.elbo,
    upsideDown: await compare(turnUpsideDown(images)),
    shuffled: await compare(shufflePixels(images)),
  };
}
