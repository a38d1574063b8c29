import { drawRowNoise, type NoiseSource } from '../../model/evaluation/draws.ts';
import { fillUniform } from '../../model/random/streams.ts';
import type { FloatArray } from '../../model/runtime/runtime.ts';
import { isShared } from '../../model/specification.ts';
import { chooseDraws, weighDraws } from '../../model/scoring/weights.ts';
import type { WeighedRow } from '../../model/scoring/weigh-rows.ts';
import { toCube, type Cube, type Matrix } from '../../queue/arrays.ts';
import { chooseDetail, createExpectedArrays } from '../scoring/collect-expected.ts';
import { always, checkWidth, keyNoise, type InferenceSubject, type Runner } from './operation.ts';

/** Index of the numbers that choose draws, so that they are independent of all other noise. */
const CHOICE_INDEX = 2 ** 34;

/** Missing values of rows from weighted draws of p(z|what is known): what is expected, and draws of whole rows. */
export const impute: Runner<'impute'> = {
  needsEncoder: always,
  run: async (subject, { rows, rounds, draws, seed }) => {
    const { inference, parameters, record } = subject;
    checkWidth(rows, inference.vae.dataSize);
    const { likelihood } = record.model;
    const noise = keyNoise({ seed });
    const [count, size] = rows.shape;
    const effectiveSampleSize = new Float32Array(count);
    const expected = isShared(likelihood) ? fillMeans(rows) : createExpectedArrays(count, likelihood.columns);
    const chosen = new ChosenLatents(count, { draws, latentSize: inference.vae.latentSize, noise });
    const detail = chooseDetail(likelihood);
    const details = draws > 0 ? [detail, 'latents' as const] : [detail];
    await inference.weighRows(parameters, rows, { details, rounds }, (weighed) => {
      const { row } = weighed;
      const { weights, effectiveSampleSize: effective } = weighDraws(weighed);
      effectiveSampleSize[row] = effective;
      for (let i = row * size; i < (row + 1) * size; i++) {
        if (Number.isNaN(rows.data[i]))
          expected.describe(row, i - row * size, weighed.details[detail], weights);
      }
      chosen.add(weighed, weights);
    });
    return {
      effective_sample_size: { shape: [count], data: effectiveSampleSize },
      ...expected.finish(),
      ...(draws > 0 && { draws: await drawRows(subject, rows, chosen.finish(), draws, noise) }),
    };
  },
};

/** The rows, in which means of p(x|z) over weighted draws take the place of what is described. */
function fillMeans({ shape, data }: Matrix) {
  const mean: Matrix = { shape, data: Float32Array.from(data) };
  const [, size] = shape;
  return {
    describe(row: number, element: number, means: Float32Array | undefined, weights: Float64Array): void {
      let sum = 0;
      for (let draw = 0; draw < weights.length; draw++)
        sum += (weights[draw] ?? 0) * (means?.[draw * size + element] ?? NaN);
      mean.data[row * size + element] = sum;
    },
    finish: () => ({ mean }),
  };
}

/** Latents drawn for each row from its weighted draws: [draws, rows, latent_size]. */
class ChosenLatents {
  readonly #data: Float32Array;
  readonly #uniforms: FloatArray;
  readonly #shape: readonly [draws: number, rows: number, latentSize: number];

  constructor(
    rows: number,
    { draws, latentSize, noise }: { draws: number; latentSize: number; noise: NoiseSource },
  ) {
    this.#shape = [draws, rows, latentSize];
    this.#data = new Float32Array(draws * rows * latentSize);
    this.#uniforms = drawRowNoise(fillUniform, noise, CHOICE_INDEX, [rows, draws]);
  }

  add({ row, details: { latents } }: WeighedRow, weights: Float64Array): void {
    const [draws, rows, size] = this.#shape;
    if (draws === 0 || !latents) return;
    const uniforms = this.#uniforms.data.subarray(row * draws, (row + 1) * draws);
    chooseDraws(weights, uniforms).forEach((from, draw) => {
      this.#data.set(latents.subarray(from * size, (from + 1) * size), (draw * rows + row) * size);
    });
  }

  finish(): FloatArray {
    const [draws, rows, size] = this.#shape;
    return { shape: [draws * rows, size], data: this.#data };
  }
}

/** Draws of x from p(x|z), with the known values in their places. */
async function drawRows(
  { inference, parameters }: InferenceSubject,
  rows: Matrix,
  latents: FloatArray,
  draws: number,
  noise: NoiseSource,
): Promise<Cube> {
  const { data } = await inference.drawData(parameters, latents, noise);
  const known = rows.data;
  const drawn = data.map((value, i) => {
    const given = known[i % known.length] ?? NaN;
    return Number.isNaN(given) ? value : given;
  });
  return toCube({ shape: [draws, ...rows.shape], data: drawn });
}
