import type { FloatArrays, Runtime } from '../../src/model/runtime/runtime.ts';
import type { EstimatorName, ObjectiveSpec, OptimizerSpec } from '../../src/model/specification.ts';
import type { TrainerOptions } from '../../src/model/training/trainer.ts';
import { memoryRows, rowNumbers } from './memory-rows.ts';
import { numbers } from './numbers.ts';
import { array, LIKELIHOODS, tinyModel } from './tiny-model.ts';
import { trainingSpec } from './specifications.ts';

export interface SmallTraining {
  readonly optimizer: OptimizerSpec['name'];
  readonly likelihood: string;
  readonly estimator: EstimatorName;
  readonly samples_per_datapoint: number;
  readonly objective?: ObjectiveSpec['name'];
}

const [ROWS, DATA_SIZE, MINIBATCH_SIZE] = [50, 6, 10];

/** Grey pixels that go up and down together. */
function pixels(): Uint8Array {
  const source = numbers(11);
  return Uint8Array.from({ length: ROWS }, () => source.uniform(30, 220)).reduce(
    (all, level, row) => {
      for (let i = 0; i < DATA_SIZE; i++) all[row * DATA_SIZE + i] = level + source.uniform(-25, 25);
      return all;
    },
    new Uint8Array(ROWS * DATA_SIZE),
  );
}

/** The same training wherever it runs: 50 rows of 6 grey pixels, minibatches of 10, 8 hidden units. */
export function trainerOptions(runtime: Runtime, given: SmallTraining): TrainerOptions {
  const { optimizer, likelihood, estimator, objective = 'ml', ...rest } = given;
  return {
    runtime,
    model: tinyModel(array(LIKELIHOODS, likelihood), 'tanh', [8]),
    training: trainingSpec({
      ...rest,
      estimator: { name: estimator },
      optimizer: { name: optimizer, learning_rate: 0.01 },
      objective: { name: objective },
      seed: 5,
    }),
    rowShape: [DATA_SIZE],
    source: memoryRows(pixels(), DATA_SIZE, 1 / 255),
    rows: rowNumbers(ROWS),
    minibatchSize: MINIBATCH_SIZE,
  };
}

/** All parameters in a row, ordered by name. */
export function flat(arrays: FloatArrays): number[] {
  return Object.keys(arrays)
    .sort()
    .flatMap((name) => Array.from(array(arrays, name).data));
}
