import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { Runtime } from '../../../src/model/runtime/runtime.ts';
import { Trainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { createEagerRuntime } from '../../support/eager-runtime.ts';
import { memoryRows, rowNumbers } from '../../support/memory-rows.ts';
import { numbers, relativeDifference } from '../../support/numbers.ts';
import { flat } from '../../support/small-training.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

const [ROWS, DATA_SIZE, MINIBATCH_SIZE] = [35, 6, 10];

let runtimes: { readonly compiled: Runtime; readonly eager: Runtime };
beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
});
afterAll(() => runtimes.compiled.dispose());

function pixels(): Uint8Array {
  const source = numbers(11);
  return Uint8Array.from({ length: ROWS * DATA_SIZE }, (_, i) =>
    (Math.floor(i / DATA_SIZE) * 37) % 200 > 100 ? source.uniform(150, 255) : source.uniform(0, 90),
  );
}

function options(runtime: Runtime, training: object): TrainerOptions {
  const network = { hidden_sizes: [8] };
  return {
    runtime,
    model: modelSpec({ latent_size: 2, encoder: network, decoder: network }),
    training: trainingSpec({ optimizer: { name: 'adam', learning_rate: 0.01 }, seed: 5, ...training }),
    rowShape: [DATA_SIZE],
    source: memoryRows(pixels(), DATA_SIZE, 1 / 255),
    rows: rowNumbers(ROWS),
    minibatchSize: MINIBATCH_SIZE,
  };
}

const TRAININGS: readonly object[] = [
  { algorithm: { name: 'wake_sleep' } },
  { algorithm: { name: 'wake_sleep' }, objective: { name: 'map' }, samples_per_datapoint: 2 },
  { algorithm: { name: 'mcem' } },
  { algorithm: { name: 'mcem', updates_per_sample: 1, leapfrog_steps: 3 }, optimizer: { name: 'adagrad' } },
  { algorithm: { name: 'full_vb' } },
  { algorithm: { name: 'full_vb' }, estimator: { name: 'sgvb_a' }, samples_per_datapoint: 2 },
  { estimator: { name: 'score_function' } },
  { estimator: { name: 'score_function', control_variate: 'leave_one_out' }, samples_per_datapoint: 3 },
  { estimator: { name: 'importance_weighted' }, samples_per_datapoint: 5 },
  { kl_weight: { final: 0.5, warm_up_epochs: 3 } },
  { learning_rate_schedule: { name: 'cosine' }, optimizer: { name: 'sgd' } },
  { gradient_norm_limit: 0.1, optimizer: { name: 'sgd' } },
  { binarization: 'dynamic' },
  { binarization: 'static' },
  { binarization: 'threshold' },
];

async function train(runtime: Runtime, training: object, chunks: readonly number[]) {
  const trainer = await Trainer.create(options(runtime, training));
  for (const steps of chunks) {
    const { divergedAt } = await trainer.run(steps);
    expect(divergedAt).toBeNull();
  }
  const snapshot = await trainer.snapshot();
  await trainer.dispose();
  return snapshot;
}

describe.each(TRAININGS)('a training with %j', (training) => {
  it('is the same on both runtimes', async () => {
    const compiled = await train(runtimes.compiled, training, [20]);
    const eager = await train(runtimes.eager, training, [20]);
    expect(relativeDifference(flat(compiled.parameters), flat(eager.parameters))).toBeLessThan(1e-4);
  });

  it('goes on from a snapshot to the same bytes', async () => {
    const whole = await train(runtimes.compiled, training, [13]);
    const first = await train(runtimes.compiled, training, [4, 3]);
    const resumed = await Trainer.create({
      ...options(runtimes.compiled, training),
      resume: { step: 7, ...first },
    });
    await resumed.run(6);
    expect(await resumed.snapshot()).toEqual(whole);
    await resumed.dispose();
  });
});
