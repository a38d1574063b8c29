import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';
import type { Vae } from '../vae.ts';
import type { BatchedFunctions } from './batches.ts';

/** A model and the rows that it is evaluated on. */
export interface Subject {
  readonly functions: BatchedFunctions;
  readonly vae: Vae;
  readonly parameters: FloatArrays;
  /** [rows, data_size] */
  readonly rows: FloatArray;
}

/** Told after each call of the runtime how many passes of a row through the decoder it made; it may throw to end the work. */
export type Advance = (decodings: number) => Promise<void>;

/** Models trained by mcem have none. */
export function hasEncoder(parameters: FloatArrays): boolean {
  return Object.keys(parameters).some((name) => name.startsWith('encoder.'));
}
