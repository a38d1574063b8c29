import type { Calls } from './calls.ts';
import { shuffled, upsideDown, type PixelRows } from './test-images.ts';

/** Draws of z behind each score. */
export const DRAWS = 100;

/** How images that were spoilt score beside themselves unspoilt. */
export interface Comparison {
  readonly bound: number;
  /** How many of the images score lower than unspoilt. */
  readonly lower: number;
}

/** The bound as an anomaly score: what is like the training images scores high, everything else low. */
export interface Scores {
  readonly images: number;
  readonly bound: number;
  readonly upsideDown: Comparison;
  readonly shuffled: Comparison;
}

export async function score(calls: Calls, modelId: string, images: PixelRows): Promise<Scores> {
  const elbo = async (spoilt: PixelRows) => {
    const data = spoilt.map((row) => [...row]);
    return calls.elbo({ model_id: modelId, data, samples: DRAWS });
  };
  const usual = await elbo(images);
  const compare = async (spoilt: PixelRows): Promise<Comparison> => {
    const { mean, elbo: bounds } = await elbo(spoilt);
    return { bound: mean.elbo, lower: bounds.filter((bound, i) => bound < (usual.elbo[i] ?? NaN)).length };
  };
  return {
    images: images.length,
    bound: usual.mean.elbo,
    upsideDown: await compare(upsideDown(images)),
    shuffled: await compare(shuffled(images)),
  };
}
