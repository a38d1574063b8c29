import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';
import type { Vae } from '../vae.ts';
import type { BatchedFunctions } from './batches.ts';

/** A model and the rows to evaluate it on. */
export interface Subject {
  readonly functions: BatchedFunctions;
  readonly vae: Vae;
  readonly parameters: FloatArrays;
  /** [rows, data_size] */
  readonly rows: FloatArray;
}

/** Called after each run with the passes of one row through the decoder that it made. May throw to end the work. */
export type Advance = (decodings: number) => Promise<void>;

/** False for models trained by mcem. */
export function hasEncoder(parameters: FloatArrays): boolean {
  return Object.keys(parameters).some((name) => name.startsWith('encoder.'));
}
