import type { TrainingSpec } from '../spec.ts';

const DEFAULT_MINIBATCH_SIZE = 100;

/** M: as asked for, else 100, or all rows where there are fewer. */
export function minibatchSizeOf(training: TrainingSpec, trainRows: number): number {
  return training.minibatch_size ?? Math.min(DEFAULT_MINIBATCH_SIZE, trainRows);
}
