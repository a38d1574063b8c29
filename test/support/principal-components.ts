import type { FloatArrays, Runtime } from '../../src/model/runtime/runtime.ts';
import { Trainer, type TrainerOptions } from '../../src/model/training/trainer.ts';
import { symmetricEigenvalues } from './jacobi.ts';
import { LOG_2_PI, range } from './linear-gaussian.ts';
import { at, meanOf, numbers } from './numbers.ts';
import { memoryRows, rowNumbers } from './memory-rows.ts';
import { modelSpec, trainingSpec } from './specifications.ts';

export const [ROWS, DATA_SIZE, LATENT_SIZE] = [3000, 6, 2];

/** Linear networks and one variance: probabilistic PCA, whose posterior is a Gaussian that the encoder can be. */
export const MODEL = modelSpec({
  latent_size: LATENT_SIZE,
  likelihood: { family: 'gaussian', mean: 'free', variance: 'shared' },
  encoder: { hidden_sizes: [], activation: 'tanh' },
  decoder: { hidden_sizes: [], activation: 'tanh' },
});

/** x = mu + W z + 0.5 e, [ROWS * DATA_SIZE]. */
export function drawRows(): Float32Array {
  const source = numbers(21);
  const weight = range(DATA_SIZE * LATENT_SIZE).map(() => source.normal());
  const center = range(DATA_SIZE).map(() => source.normal());
  const rows = range(ROWS).map(() => {
    const z = range(LATENT_SIZE).map(() => source.normal());
    return center.map((mu, i) => {
      const signal = z.reduce((sum, value, k) => sum + value * at(weight, i * LATENT_SIZE + k), 0);
      return mu + signal + 0.5 * source.normal();
    });
  });
  return Float32Array.from(rows.flat());
}

function covariance(rows: Float32Array): number[][] {
  const column = (i: number) => range(ROWS).map((row) => at(rows, row * DATA_SIZE + i));
  const centered = range(DATA_SIZE).map((i) => {
    const values = column(i);
    const mean = meanOf(values);
    return values.map((value) => value - mean);
  });
  return centered.map((a) => centered.map((b) => meanOf(a.map((value, row) => value * at(b, row)))));
}

/**
 * The largest mean log likelihood of probabilistic PCA (Tipping & Bishop 1999, eq. 4 with 7 and 8): with eigenvalues
 * l_1 >= ... >= l_d of the sample covariance and s^2 the mean of the last d - q,
 * -1/2 (d log 2 pi + sum_{j <= q} log l_j + (d - q) log s^2 + d).
 */
export function largestLogLikelihood(rows: Float32Array): number {
  const eigenvalues = symmetricEigenvalues(covariance(rows));
  const noise = meanOf(eigenvalues.slice(LATENT_SIZE));
  const kept = eigenvalues.slice(0, LATENT_SIZE).reduce((sum, value) => sum + Math.log(value), 0);
  return -0.5 * (DATA_SIZE * (LOG_2_PI + 1) + kept + (DATA_SIZE - LATENT_SIZE) * Math.log(noise));
}

/** Trained on the rows with Adam, its step size falling from one of these rates to the next. */
export async function trainedOn(
  rows: Float32Array,
  runtime: Runtime,
  training: object,
  { rates, steps }: { readonly rates: readonly number[]; readonly steps: number },
): Promise<FloatArrays> {
  let resume: TrainerOptions['resume'];
  for (const learning_rate of rates) {
    const trainer = await Trainer.create({
      runtime,
      model: MODEL,
      training: trainingSpec({ ...training, optimizer: { name: 'adam', learning_rate }, seed: 1 }),
      rowShape: [DATA_SIZE],
      source: memoryRows(rows, DATA_SIZE),
      rows: rowNumbers(ROWS),
      minibatchSize: 100,
      ...(resume && { resume }),
    });
    await trainer.run(steps);
    resume = { step: trainer.step, ...(await trainer.snapshot()) };
    await trainer.dispose();
  }
  return resume?.parameters ?? {};
}
