import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Inference } from '../../../src/model/evaluation/compiled-model.ts';
import { fillNormal, deriveKey } from '../../../src/model/random/streams.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArray, FloatArrays, Runtime } from '../../../src/model/runtime/runtime.ts';
import { createEagerRuntime } from '../../support/eager-runtime.ts';
import { relativeDifference, uniforms } from '../../support/numbers.ts';
import { randomParameters, tinyModel } from '../../support/tiny-model.ts';

const [DATA_SIZE, LATENT_SIZE, MOST_ROWS] = [5, 2, 513];
const MODEL = tinyModel({ family: 'gaussian', mean: 'unit_interval', variance: 'per_element' });
const NOISE = { seed: 3, stream: 'inference' } as const;

let opened: {
  readonly runtime: Runtime;
  readonly inference: Inference;
  readonly eager: Inference;
  readonly parameters: FloatArrays;
};

beforeAll(async () => {
  const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
  const inference = Inference.of(runtime, MODEL, [DATA_SIZE]);
  const eager = Inference.of(await createEagerRuntime(), MODEL, [DATA_SIZE]);
  opened = { runtime, inference, eager, parameters: randomParameters(inference.vae.shapes, 1) };
});
afterAll(async () => {
  await opened.inference.dispose();
  await opened.runtime.dispose();
});

const ALL = uniforms(1, MOST_ROWS * DATA_SIZE, 0, 1);
const rowsOf = (count: number, first = 0): FloatArray => ({
  shape: [count, DATA_SIZE],
  data: ALL.slice(first * DATA_SIZE, (first + count) * DATA_SIZE),
});

/** What each call gives for some rows, by name. */
async function everything(inference: Inference, rows: FloatArray): Promise<FloatArrays> {
  const { parameters } = opened;
  const encoded = await inference.encode(parameters, rows);
  return {
    ...encoded,
    reconstruction: await inference.reconstruct(parameters, rows),
    decoded: await inference.decode(parameters, encoded.mean),
    drawn: await inference.draw(parameters, rows, 1, NOISE),
    ...(await inference.elbo(parameters, rows, 2, NOISE)),
  };
}

describe('Inference', () => {
  it('gives results of these shapes', async () => {
    const { inference, parameters } = opened;
    const results = await everything(inference, rowsOf(3));
    const sampled = await inference.sample(parameters, 7, NOISE);
    const drawn = await inference.draw(parameters, rowsOf(3), 4, NOISE);
    const shapes = Object.entries({ ...results, latents: sampled.latents, sampled: sampled.mean, drawn }).map(
      ([name, { shape }]) => [name, Array.from(shape)],
    );
    expect(Object.fromEntries(shapes)).toEqual({
      mean: [3, LATENT_SIZE],
      sampled: [7, DATA_SIZE],
      latents: [7, LATENT_SIZE],
      standard_deviation: [3, LATENT_SIZE],
      reconstruction: [3, DATA_SIZE],
      decoded: [3, DATA_SIZE],
      drawn: [4, 3, LATENT_SIZE],
      elbo: [3],
      log_likelihood: [3],
      kl_divergence: [3],
      standard_error: [3],
    });
  });

  it.each([1, 7, 8, 9, 64, 73, 512, 513])(
    'gives %d rows the results they have in any batch',
    async (count) => {
      const whole = await everything(opened.inference, rowsOf(MOST_ROWS));
      const some = await everything(opened.inference, rowsOf(count));
      for (const [name, { data }] of Object.entries(some))
        expect(relativeDifference(data, whole[name]?.data.subarray(0, data.length) ?? []), name).toBeLessThan(
          1e-6,
        );
    },
  );

  it('agrees with the eager runtime', async () => {
    const [compiled, eager] = [
      await everything(opened.inference, rowsOf(9)),
      await everything(opened.eager, rowsOf(9)),
    ];
    for (const [name, { data }] of Object.entries(eager))
      expect(relativeDifference(compiled[name]?.data ?? [], data), name).toBeLessThan(1e-5);
  });

  it('decodes the posterior mean to reconstruct', async () => {
    const { reconstruction, decoded } = await everything(opened.inference, rowsOf(4));
    expect(relativeDifference(reconstruction?.data ?? [], decoded?.data ?? [])).toBeLessThan(1e-6);
  });

  it('is the log likelihood less the KL divergence', async () => {
    const { elbo, log_likelihood, kl_divergence } = await opened.inference.elbo(
      opened.parameters,
      rowsOf(9),
      3,
      NOISE,
    );
    elbo.data.forEach((value, row) => {
      expect(value).toBeCloseTo((log_likelihood.data[row] ?? NaN) - (kl_divergence.data[row] ?? NaN), 4);
    });
  });

  it('keys the noise of a draw by the seed and its number', async () => {
    const { inference, parameters } = opened;
    const three = await inference.draw(parameters, rowsOf(10), 3, NOISE);
    const size = 10 * LATENT_SIZE;
    expect((await inference.draw(parameters, rowsOf(10), 1, NOISE)).data).toEqual(three.data.slice(0, size));
    expect(three.data.slice(size, 2 * size)).not.toEqual(three.data.slice(0, size));
    const other = await inference.draw(parameters, rowsOf(10), 1, { ...NOISE, seed: 4 });
    expect(other.data).not.toEqual(three.data.slice(0, size));

    const { mean, standard_deviation } = await inference.encode(parameters, rowsOf(10));
    const noise = new Float32Array(size);
    fillNormal(deriveKey(NOISE.seed, NOISE.stream, 1), noise);
    const expected = mean.data.map(
      (value, i) => value + (standard_deviation.data[i] ?? NaN) * (noise[i] ?? NaN),
    );
    expect(relativeDifference(three.data.slice(size, 2 * size), expected)).toBeLessThan(1e-6);
  });

  it('samples the prior and decodes it', async () => {
    const { inference, parameters } = opened;
    const { latents, mean } = await inference.sample(parameters, 70, NOISE);
    const noise = new Float32Array(70 * LATENT_SIZE);
    fillNormal(deriveKey(NOISE.seed, NOISE.stream, 0), noise);
    expect(latents.data).toEqual(noise);
    expect(mean).toEqual(await inference.decode(parameters, latents));
    expect(mean.data.every((value) => value > 0 && value < 1)).toBe(true);
  });
});
